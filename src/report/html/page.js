// Sorts and filters the tables, and opens what is folded for print. The page reads as well without.
(() => {
  'use strict';
  const words = document.body.dataset;
  const language = document.documentElement.lang;
  // Without accents and case, as names are typed in a hurry: Đ is no letter with a mark, so it goes by hand.
  const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase();
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const key = (row, column) => row.cells[column].dataset.key ?? row.cells[column].textContent;

  const compare = (a, b) => {
    if (a === '' || b === '') return 0;
    const difference = Number(a) - Number(b);
    return Number.isNaN(difference) ? a.localeCompare(b, language, { numeric: true }) : difference;
  };

  const sortBy = (table, head, column) => {
    const upwards = head.getAttribute('aria-sort') !== 'ascending';
    for (const other of head.parentNode.cells) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', upwards ? 'ascending' : 'descending');
    const rows = [...table.tBodies[0].rows].map((row) => [key(row, column), row]);
    // What is not known comes last, upwards and downwards.
    rows.sort(([a], [b]) => (a === '') - (b === '') || (upwards ? compare(a, b) : compare(b, a)));
    table.tBodies[0].append(...rows.map(([, row]) => row));
  };

  const sortable = (table) => {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = make('button', { type: 'button' });
      button.append(...head.childNodes);
      button.addEventListener('click', () => sortBy(table, head, column));
      head.append(button);
    });
  };

  const filterable = (table, place) => {
    // Nothing that is typed holds the mark between cells.
    const textOf = (row) => fold([...row.cells].map((cell) => cell.textContent).join('\n'));
    const rows = [...table.tBodies[0].rows].map((row) => [row, textOf(row)]);
    const input = make('input', { type: 'search', autocomplete: 'off' });
    const count = make('output', { className: 'count' });
    const label = make('label', { textContent: words.filter + ' ' });
    const caption = table.caption;
    if (caption && caption.id) input.setAttribute('aria-describedby', caption.id);
    input.addEventListener('input', () => {
      const wanted = fold(input.value.trim());
      let shown = 0;
      for (const [row, text] of rows) {
        row.hidden = !text.includes(wanted);
        if (!row.hidden) shown += 1;
      }
      count.textContent = wanted ? `${shown} / ${rows.length} ${words.rows}` : '';
    });
    label.append(input);
    const tools = make('div', { className: 'tools' });
    tools.append(label, count);
    place.before(tools);
  };

  for (const table of document.querySelectorAll('.table table, .chart table')) {
    const rows = table.tBodies[0].rows.length;
    if (rows > 1) sortable(table);
    if (rows > 7 && table.closest('.table')) filterable(table, table.closest('.scroll'));
  }

  // Followed into a folded part, a link is to lead to something that is seen.
  const unfold = (hash) => {
    const target = document.getElementById(hash.slice(1));
    if (target && target.classList.contains('entry')) target.querySelector('details').open = true;
  };
  addEventListener('hashchange', () => unfold(location.hash));
  // Where the address names the entry already, nothing changes in it.
  document.addEventListener('click', ({ target }) => {
    const link = target.closest('a.figure');
    if (link) unfold(link.hash);
  });
  unfold(location.hash);

  addEventListener('beforeprint', () => {
    for (const part of document.querySelectorAll('details:not([open])')) {
      part.open = true;
      part.dataset.folded = '';
    }
  });
  addEventListener('afterprint', () => {
    for (const part of document.querySelectorAll('details[data-folded]')) {
      part.open = false;
      delete part.dataset.folded;
    }
  });
})();
