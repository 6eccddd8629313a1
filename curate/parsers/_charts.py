"""The data behind a chart of an Office file as the rows of a table."""

from curate.parsers._ooxml import Element, qn


def chart_rows(root: Element | None) -> tuple[str, list[list[str]]]:
    """A chart's title and its table: one row for each category, one column for each series; empty where it has no data."""
    if root is None:
        return "", []
    series = list(root.iter(qn("c:ser")))
    title = root.find(f"{qn('c:chart')}/{qn('c:title')}")
    heading = "".join(t.text or "" for t in title.iter(qn("a:t"))) if title is not None else ""
    names = [_name(s) for s in series]
    labels: dict[int, str] = {}
    values: list[dict[int, str]] = []
    for one in series:
        labels = labels or _points(one, "c:cat") or _points(one, "c:xVal")
        values.append(_points(one, "c:val") or _points(one, "c:yVal"))
    at = sorted(set(labels).union(*values)) if values else []
    rows = [[labels.get(i, str(i + 1)), *(v.get(i, "") for v in values)] for i in at]
    return " ".join(heading.split()), [["", *names], *rows] if rows else []


def _name(series: Element) -> str:
    name = series.find(qn("c:tx"))
    return " ".join(v.text or "" for v in name.iter(qn("c:v"))) if name is not None else ""


def _points(series: Element, kind: str) -> dict[int, str]:
    """The cached points of a series; of labels in several levels the innermost."""
    found = series.find(qn(kind))
    level = found.find(f".//{qn('c:lvl')}") if found is not None else None
    points = (level if level is not None else found) if found is not None else None
    listed = points.iter(qn("c:pt")) if points is not None else ()
    return {int(p.get("idx", "0")): _plain(p.findtext(qn("c:v"), "")) for p in listed}


def _plain(text: str) -> str:
    """A number without the digits that binary fractions leave behind."""
    try:
        return f"{float(text):.12g}" if len(text) > 12 else text
    except ValueError:
        return text
