"""Opens reports in a headless Chromium and says what is wrong with them.

report_browser.py JOBS.json, of the form {"pages": [path], "axe": path of axe.min.js, "chromium": path,
"pictures": folder or null}. Prints a line a fault, and at the end how many pages were looked at.
"""

import json
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SIZES = {"desktop": (1280, 900), "phone": (360, 740)}

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
    entry.fill("no such name")
    must(rows.count() == 0, name, "what is not there is found")
    entry.fill("")
    must(rows.count() == every, name, "the rows do not come back")


def layout(page, name):
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    must(wide <= 0, name, f"{wide} pixels wider than the screen")


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


def printed(browser, path):
    """For print all is unfolded, and nothing of it is lost at the edges."""
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
            printed(browser, path)
        browser.close()
    for fault in faults:
        print(fault)
    print(f"{len(job['pages'])} pages looked at, {len(faults)} faults")


main()
