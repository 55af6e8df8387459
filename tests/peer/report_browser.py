"""Opens reports in a headless Chromium and says what is wrong with them.

report_browser.py JOBS.json, of the form {"pages": [path], "axe": path of axe.min.js, "chromium": path,
"pictures": folder or null}. Prints a line a fault, and at the end how many pages were looked at.
"""

import json
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SIZES = {"desktop": (1280, 900), "phone": (360, 740)}

# The narrowest screen that a page must fit, by WCAG 1.4.10; and what A4 has between its margins.
NARROW = (320, 640)
PAPER = (623, 900)

faults = []


def must(holds, page, words):
    if not holds:
        faults.append(f"{page}: {words}")


def links(page, name):
    """Every link leads to a place in the page."""
    broken = page.evaluate(
        "() => [...document.querySelectorAll('a[href^=\"#\"]')]"
        ".map(a => a.getAttribute('href')).filter(to => !document.getElementById(to.slice(1)))"
    )
    must(not broken, name, f"links to nowhere: {broken}")
    doubled = page.evaluate(
        "() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);"
        " return ids.filter((id, i) => ids.indexOf(id) !== i); }"
    )
    must(not doubled, name, f"names given twice: {doubled}")
    figure = page.locator("a.figure").first
    figure.click()
    must(page.locator(".entry:target").count() == 1, name, "a figure does not lead to its entry")
    must(page.locator(".entry:target details[open]").count() == 1, name, "the entry of a followed figure is folded")
    page.evaluate("() => document.querySelectorAll('.entry details').forEach(part => { part.open = false; })")
    figure.click()
    must(page.locator(".entry:target details[open]").count() == 1, name, "the entry of a figure is not unfolded again")
    covered = page.evaluate(
        "() => [...document.querySelectorAll('.table a.figure, .chart a.figure')].filter(link => {"
        " link.scrollIntoView({ block: 'center' }); const { left, top, width, height } = link.getBoundingClientRect();"
        " return !link.contains(document.elementFromPoint(left + width / 2, top + height / 2)); }).map(link => link.textContent)"
    )
    must(not covered, name, f"links with something over them: {covered}")


def sorting(page, name):
    """A click and a key on a header sort the rows; what is not known comes last."""
    table = page.locator(".table table").last
    tables = page.locator(".table table")
    for n in range(tables.count()):
        if tables.nth(n).locator("tbody tr").count() > 7 and tables.nth(n).locator("th.number button").count():
            table = tables.nth(n)
            break
    column = table.locator("thead th").evaluate_all("heads => heads.findIndex(head => head.classList.contains('number'))")
    keys = f"table => [...table.tBodies[0].rows].map(row => Number(row.cells[{column}].dataset.key || 'NaN'))"
    button = table.locator("thead th").nth(column).locator("button")
    button.click()
    once = table.evaluate(keys)
    must(once == sorted(once), name, f"not sorted upwards: {once}")
    button.focus()
    page.keyboard.press("Enter")
    twice = table.evaluate(keys)
    must(twice == sorted(once, reverse=True), name, f"not sorted downwards by a key: {twice}")
    head = table.locator("thead th").nth(column)
    must(head.get_attribute("aria-sort") == "descending", name, "the order is not told to screen readers")


def filtering(page, name):
    """A text finds rows with accents and Đ, whatever it is typed with."""
    tables = page.locator(".table:has(.tools)")
    named = tables.filter(has_text="Đoàn Thanh niên").first
    must(named.count() == 1, name, "no table of units can be filtered")
    entry, rows = named.locator("input"), named.locator("tbody tr:visible")
    every = rows.count()
    for typed in ["doan thanh nien", "ĐOÀN THANH NIÊN", "đoàn thanh niên"]:
        entry.fill(typed)
        found = rows.count()
        must(0 < found < every, name, f"`{typed}` finds {found} of {every} rows")
    across = named.locator("tbody tr").first.evaluate(
        "row => [...row.cells].map((cell, n) => cell.textContent + (row.cells[n + 1]?.textContent ?? ' no such name'))"
        ".filter(text => ![...row.cells].some(cell => cell.textContent.includes(text)))")
    for typed in across:
        entry.fill(typed)
        must(rows.count() == 0, name, f"`{typed}` is found across cells")
    entry.fill("no such name")
    must(rows.count() == 0, name, "what is not there is found")
    entry.fill("")
    must(rows.count() == every, name, "the rows do not come back")


def layout(page, name):
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    must(wide <= 0, name, f"{wide} pixels wider than the screen")
    drawings = page.locator(".chart").evaluate_all(
        "charts => charts.map(chart => [...chart.querySelectorAll('svg')].filter(svg => svg.checkVisibility()).length)")
    must(all(n == 1 for n in drawings), name, f"a chart is not seen once: {drawings}")
    # What is typed makes room for the count of rows, which is over nothing else.
    for entry in page.locator(".tools input").all():
        entry.fill("a")
    overlaps = page.evaluate(
        "() => [...document.querySelectorAll('.table')].filter(table => table.querySelector('.tools')).flatMap(table => {"
        " const range = document.createRange(); range.selectNodeContents(table.querySelector('caption'));"
        " const words = [...range.getClientRects(), ...[...table.querySelectorAll('thead th')].map(head => head.getBoundingClientRect())];"
        " return [...table.querySelectorAll('input, output')].map(part => part.getBoundingClientRect()).filter(part =>"
        " words.some(word => word.left < part.right - 1 && part.left < word.right - 1 && word.top < part.bottom - 1 && part.top < word.bottom - 1))"
        " .map(() => table.querySelector('caption').textContent); })")
    must(not overlaps, name, f"the filter is over other words: {overlaps}")


def axe(page, name):
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
                          ".map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target + ' ' + n.failureSummary).join(' | '))")
    for violation in found:
        faults.append(f"{name}: axe: {violation}")


def look(browser, job, path, size, scheme):
    name = f"{Path(path).name} {size} {scheme}"
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme,
                                  device_scale_factor=1, bypass_csp=False)
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(Path(path).resolve().as_uri())
    page.wait_for_load_state("networkidle")
    links(page, name)
    sorting(page, name)
    filtering(page, name)
    layout(page, name)
    must(not [to for to in asked if not to.startswith("file://")], name, f"asked the network: {asked}")
    must(len([to for to in asked if to.startswith("file://")]) == 1, name, f"more than the page was read: {asked}")
    must(not said, name, f"the console says {said}")
    page.goto(Path(path).resolve().as_uri())
    if job.get("pictures"):
        page.screenshot(path=f"{job['pictures']}/{Path(path).stem}-{size}-{scheme}.png", full_page=True)
    context.close()
    # The page's own policy lets no other script run: the checker gets a page of its own.
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(Path(path).resolve().as_uri())
    page.add_script_tag(path=job["axe"])
    axe(page, name)
    context.close()


def without_script(browser, path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(Path(path).resolve().as_uri())
    name = f"{Path(path).name} without script"
    must(page.locator("button, input").count() == 0, name, "controls that do nothing")
    must(page.locator("tbody tr").count() > 0, name, "no rows")
    context.close()


def narrow(browser, path):
    """On the narrowest screens nothing but tables moves sideways, and a hash is still read."""
    context = browser.new_context(viewport={"width": NARROW[0], "height": NARROW[1]})
    page = context.new_page()
    page.goto(Path(path).resolve().as_uri())
    name = f"{Path(path).name} narrow"
    layout(page, name)
    lines = page.locator(".files code").evaluate_all("codes => codes.map(code => code.getClientRects().length)")
    must(lines and max(lines) <= 5, name, f"hashes of many lines: {lines}")
    context.close()


def on_paper(browser, path):
    """Nothing is wider than the paper, as all would be made smaller for it; no row is missing."""
    context = browser.new_context(viewport={"width": PAPER[0], "height": PAPER[1]})
    page = context.new_page()
    page.goto(Path(path).resolve().as_uri())
    name = f"{Path(path).name} on paper"
    for entry in page.locator(".tools input").all():
        entry.fill("no such name")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    must(wide <= 0, name, f"{wide} pixels wider than the paper")
    missing = page.locator(".table tbody tr").evaluate_all("rows => rows.filter(row => !row.checkVisibility()).length")
    must(missing == 0, name, f"{missing} rows are missing")
    drawings = page.locator(".chart svg").evaluate_all("all => all.filter(svg => svg.checkVisibility()).length")
    must(drawings == page.locator(".chart").count(), name, f"{drawings} drawings of charts")
    context.close()


def printed(browser, path):
    """For print all is unfolded, and folded again."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(Path(path).resolve().as_uri())
    name = f"{Path(path).name} printed"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    must(page.locator("details:not([open])").count() == 0, name, "parts stay folded")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    must(page.locator("details[open]").count() == 0, name, "parts stay unfolded afterwards")
    context.close()


def main():
    job = json.loads(Path(sys.argv[1]).read_text())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=job["chromium"], args=["--no-sandbox"])
        for path in job["pages"]:
            for size in SIZES:
                for scheme in ["light", "dark"]:
                    look(browser, job, path, size, scheme)
            without_script(browser, path)
            narrow(browser, path)
            on_paper(browser, path)
            printed(browser, path)
        browser.close()
    for fault in faults:
        print(fault)
    print(f"{len(job['pages'])} pages looked at, {len(faults)} faults")


main()
