"""Tables of times: as Markdown, as JSON, and their ratios as a picture."""

import dataclasses
import json
import math
import pathlib


@dataclasses.dataclass
class Row:
    """One question: what each engine took, why some cannot, whose result is another."""

    name: str
    times: dict
    faults: dict
    differ: list

    @property
    def ratio(self):
        """Our time over that of the fastest peer whose result is ours; None where there is none."""
        others = {"tongket", *self.differ}
        peers = [times.median for name, times in self.times.items() if name not in others]
        return self.times["tongket"].median / min(peers) if peers and "tongket" in self.times else None


@dataclasses.dataclass
class Table:
    title: str
    engines: list
    rows: list

    @property
    def mean(self):
        """The geometric mean of the ratios."""
        ratios = [row.ratio for row in self.rows if row.ratio]
        return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else None


def seconds(value):
    return f"{value * 1000:.0f} ms" if value < 10 else f"{value:.1f} s"


def markdown(table):
    """Medians, our ratio to the fastest peer, and peak memory."""
    lines = [f"### {table.title}", "", f"| | {' | '.join(table.engines)} | ratio | peak MB |"]
    lines.append("| --- |" + " ---: |" * (len(table.engines) + 2))
    for row in table.rows:
        cells = [seconds(row.times[name].median) if name in row.times else "–" for name in table.engines]
        ratio = f"{row.ratio:.2f}" if row.ratio else "–"
        peaks = " / ".join(f"{row.times[name].peak:.0f}" if name in row.times else "–" for name in table.engines)
        lines.append(f"| {row.name} | {' | '.join(cells)} | {ratio} | {peaks} |")
    if table.mean and len(table.rows) > 1:
        lines.append(f"| geometric mean |{' |' * len(table.engines)} {table.mean:.2f} | |")
    return "\n".join(lines) + "\n"


def svg(tables):
    """Each table's ratio to the fastest peer as a bar; 1 is as fast."""
    shown = [(table.title, table.mean) for table in tables if table.mean]
    scale = 300 / max(1.5, *(mean for _, mean in shown))
    height = 24 * len(shown) + 52
    one = 250 + scale
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="{height}" font-family="sans-serif" font-size="13">',
        f'<rect width="640" height="{height}" fill="#fff"/>',
        '<text x="10" y="20" font-weight="bold">Time of tongket over that of the fastest peer</text>',
    ]
    for i, (title, mean) in enumerate(shown):
        y = 34 + 24 * i
        color = "#2b7a4b" if mean <= 1 else "#b4552d"
        lines.append(f'<text x="240" y="{y + 13}" text-anchor="end">{title}</text>')
        lines.append(f'<rect x="250" y="{y}" width="{mean * scale:.0f}" height="16" fill="{color}"/>')
        lines.append(f'<text x="{256 + mean * scale:.0f}" y="{y + 13}">{mean:.2f}</text>')
    lines.append(f'<line x1="{one:.0f}" y1="28" x2="{one:.0f}" y2="{height - 18}" stroke="#333" stroke-dasharray="3 3"/>')
    lines.append(f'<text x="{one:.0f}" y="{height - 4}" text-anchor="middle">as fast</text></svg>')
    return "\n".join(lines) + "\n"


def write(name, told, tables):
    name = pathlib.Path(name)
    name.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(f"- {line}" for line in told.splitlines())
    name.with_suffix(".md").write_text(text + "\n\n" + "\n".join(map(markdown, tables)), encoding="utf-8")
    name.with_suffix(".svg").write_text(svg(tables), encoding="utf-8")
    figures = [
        {
            "title": table.title,
            "rows": [
                {
                    "name": row.name,
                    "seconds": {engine: times.seconds for engine, times in row.times.items()},
                    "processor": {engine: times.processor for engine, times in row.times.items()},
                    "peak_mb": {engine: times.peak for engine, times in row.times.items()},
                    "cannot": row.faults,
                    "differ": row.differ,
                    "ratio": row.ratio,
                }
                for row in table.rows
            ],
        }
        for table in tables
    ]
    name.with_suffix(".json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
