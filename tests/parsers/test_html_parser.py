"""Pages become Markdown; what frames them is left away, but never most of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.errors import DocumentError
from curate.parsers import html
from curate.records import Document
from curate.settings import Settings

LONG = "The service keeps every record for ten years and hands it over on request, in a form that other programs can read."


def parse(source: str | bytes, name: str = "a.html") -> Document:
    return html.parse(name, source.encode() if isinstance(source, str) else source, Settings())[0]


def text(body: str) -> str:
    return parse(f"<html><body>{body}</body></html>").text


def test_a_page_gives_its_content_without_what_frames_it() -> None:
    page = f"""<!doctype html><html lang="en-US"><head><title>Records - Example Site</title><style>p {{}}</style></head><body>
    <header><nav><a href="/">Home</a><a href="/x">Products</a></nav></header>
    <div class="cookie-banner">We use cookies <button>OK</button></div>
    <main><h1>Records</h1><p>{LONG}</p><script>alert(1)</script><form><input value="x"><button>Send</button></form></main>
    <aside>Read next</aside><div id="sidebar"><ul><li><a href="/a">A</a></li></ul></div><footer>Imprint</footer></body></html>"""
    document = parse(page)
    assert document.text == f"# Records\n\n{LONG}"
    assert (document.title, document.language) == ("Records", "en")


def test_a_page_of_links_is_kept_whole_rather_than_dropped() -> None:
    links = "".join(f'<li><a href="/{i}">Chapter {i}</a></li>' for i in range(8))
    assert text(f"<ul>{links}</ul>").count("Chapter") == 8


def test_a_list_of_links_beside_the_content_is_dropped() -> None:
    links = "".join(f'<li><a href="/{i}">Chapter {i}</a></li>' for i in range(8))
    assert text(f"<div><ul>{links}</ul></div><h2>Keeping</h2><p>{LONG}</p>") == f"## Keeping\n\n{LONG}"


def test_signs_and_lines_that_are_for_the_hand_go() -> None:
    heading = '<h2><a href="#k">§</a>Keeping<a class="headerlink" href="#k">¶</a></h2>'
    source = f'{heading}<p><a href="/edit">Edit this page</a></p><p>{LONG}</p><p>Next</p>'
    assert text(source) == f"## Keeping\n\n{LONG}"


def test_a_heading_is_plain_text() -> None:
    assert text('<h2>The <b>new</b> <a href="https://example.com/x">site</a><br>map</h2><p>x</p>') == "## The new site map\n\nx"


def test_lists_keep_their_nesting_numbers_and_paragraphs() -> None:
    source = '<ol start="3"><li>one<ul><li>a<li>b</ul><li><p>two</p><p>more</p></ol>'
    assert text(source) == "3. one\n   - a\n   - b\n4. two\n\n   more"


def test_inline_markup_references_and_breaks() -> None:
    source = (
        "<p>A <b>bold </b>word, <code>x = 1</code>, m<sup>2</sup> and <i>more</i><br>on a new line.</p>"
        '<p>As <a href="https://example.com/paper">the paper</a> says; <a href="/local">here</a> nothing is lost.</p>'
    )
    assert text(source) == (
        "A **bold** word, `x = 1`, m² and *more*\non a new line.\n\nAs [the paper](https://example.com/paper) says; here nothing is lost."
    )


def test_code_keeps_its_lines_and_its_language() -> None:
    source = '<div class="highlight"><pre><code class="language-python">def f():\n    return "<b>"\n</code></pre></div>'
    assert text(source.replace("<b>", "&lt;b&gt;")) == '```python\ndef f():\n    return "<b>"\n```'


def test_spans_in_tables_are_filled() -> None:
    source = (
        '<table><caption>Costs</caption><thead><tr><th rowspan="2">Year</th><th colspan="2">Cost</th></tr>'
        "<tr><th>Low</th><th>High</th></tr></thead>"
        '<tr><td rowspan="2">2024</td><td>1</td><td>2</td></tr><tr><td>3</td><td>4 | 5</td></tr></table>'
    )
    assert text(source) == "Costs\n\n| Year | Cost Low | Cost High |\n| --- | --- | --- |\n| 2024 | 1 | 2 |\n| 2024 | 3 | 4 \\| 5 |"


def test_comparisons_and_numbers_in_cells_keep_their_signs() -> None:
    body = "<tr><td>size</td><td>&gt;10</td></tr><tr><td>rank</td><td>&gt;=1 or #3</td></tr><tr><td>#4</td><td>&gt; 2</td></tr>"
    note = "<tr><td><h3>Note</h3></td><td><blockquote><p>one</p><p>two</p></blockquote></td></tr>"
    assert text(f"<table><tr><th>Name</th><th>Range</th></tr>{body}{note}</table>").splitlines()[2:] == [
        "| size | >10 |",
        "| rank | >=1 or #3 |",
        "| #4 | > 2 |",
        "| Note | one two |",
    ]


def test_tables_of_keys_and_values_become_lists_and_layout_tables_unfold() -> None:
    assert (
        text("<table><tr><th>Owner:</th><td>Team A</td></tr><tr><th>Since</th><td>2020</td></tr></table>")
        == "- Owner: Team A\n- Since: 2020"
    )
    assert text(f"<table><tr><td><h2>Left</h2></td><td><p>{LONG}</p></td></tr></table>") == f"## Left\n\n{LONG}"


def test_definitions_quotes_and_pictures() -> None:
    source = (
        "<dl><dt>Chunk</dt><dd>A passage.</dd></dl><blockquote><p>Said.</p></blockquote>"
        '<img src="a.png" alt="A map of the site"><img alt="logo">'
    )
    document = parse(f"<body>{source}</body>")
    assert [b.kind for b in document.blocks] == ["list", "quote", "caption"]
    assert document.text == "- **Chunk**: A passage.\n\n> Said.\n\nA map of the site"


def test_the_declared_charset_is_read() -> None:
    page = '<html><head><meta charset="gb2312"></head><body><p>本章介绍如何安装和使用这个软件。</p></body></html>'
    assert parse(page.encode("gb2312")).text == "本章介绍如何安装和使用这个软件。"


def test_forged_spans_and_deep_nesting_do_no_harm() -> None:
    assert (
        len(text('<table><tr><th colspan="999999999">a</th><th>b</th></tr><tr><td rowspan="99999">1</td><td>2</td></tr></table>')) < 10_000
    )
    assert "core" in text("<div>" * 3000 + "core" + "</div>" * 3000)
    assert "core" in text("<ul><li>" * 1000 + "core")


def test_a_page_without_text_says_what_to_do() -> None:
    with pytest.raises(DocumentError, match="no text") as caught:
        parse("<html><body><script>render()</script></body></html>")
    assert "browser" in caught.value.hint


def test_pages_are_known_by_their_content() -> None:
    assert html.sniff("a.txt", b"\xef\xbb\xbf<!DOCTYPE html><html>") == 3
    assert html.sniff("page", b"<div><p>a</p><h1>b</h1><ul></ul></div>") == 2
    assert html.sniff("README.md", b"<p align=center><h1>b</h1><div></div><span></span></p>\n# Title") == 0
    assert html.sniff("a.html", b"plain") == 1


TAGS = st.sampled_from(
    ["div", "p", "b", "ul", "li", "ol", "table", "tr", "td", "th", "dl", "dt", "dd", "pre", "code", "h2", "a", "blockquote", "br", "img"]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(TAGS.map("<{}>".format), TAGS.map("</{}>".format), st.text("ab <&中`*|", max_size=8)), max_size=40))
def test_no_tag_soup_breaks_the_offsets(parts: list[str]) -> None:
    try:
        document = parse("<html>" + "".join(parts))
    except DocumentError:
        return
    assert document.text == "\n\n".join(document.text[b.start : b.end] for b in document.blocks)
