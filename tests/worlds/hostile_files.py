"""Small files made to do harm: to a reader's memory, to its patience, to what stands behind it.

Each is made here, of a few kilobytes wherever its format packs; none holds anything of anybody.
`FILES` names them all, with what makes each; `python -m bench.ingest.hostile` reads every one.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

__all__ = ["FILES", "LINE"]

TITLES = ("编号", "身份证号", "金额（万元）", "日期")
LINE = ",".join(TITLES) + "\n"

_MEGABYTE = 1 << 20
_XMLNS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD_CELLS = "".join(
    f'<c r="{column}1" t="inlineStr"><is><t>{title}</t></is></c>'
    for column, title in zip("ABCD", TITLES, strict=True)
)
_HEAD_ROW = f'<row r="1">{_HEAD_CELLS}</row>'


def _sheet(rows: str, *, before: str = "", behind: str = "") -> bytes:
    return (
        f"<worksheet {_XMLNS}>{before}<sheetData>{_HEAD_ROW}{rows}</sheetData>{behind}</worksheet>"
    ).encode()


def _book(sheet: bytes, *, sheets: int = 1, **more: bytes) -> bytes:
    """A workbook of the fewest parts; `more` adds or replaces parts, `__` in a name is a slash and
    `_dot_` a point."""
    names = "".join(f'<sheet name="s{n}" sheetId="{n + 1}" r:id="r1"/>' for n in range(sheets))
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" '
            'ContentType="application/xml"/></Types>'
        ).encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ).encode(),
        "xl/workbook.xml": (
            f'<workbook {_XMLNS} xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ).encode(),
        "xl/worksheets/sheet1.xml": sheet,
    }
    for name, content in more.items():
        parts[name.replace("__", "/").replace("_dot_", ".")] = content
    return _packed(parts)


def _packed(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def _strings(*texts: str) -> bytes:
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return f'<sst {_XMLNS} count="1">{items}</sst>'.encode()


def _row(cells: str, number: int = 2) -> str:
    return f'<row r="{number}">{cells}</row>'


def _many_relations() -> bytes:
    blank = b"<Relationships>" + b" " * (9 * _MEGABYTE) + b"</Relationships>"
    rels = {f"xl__worksheets__x{n}_dot_rels": blank for n in range(8)}
    rels |= {f"xl__y{n}_dot_rels": blank for n in range(8)}
    return _book(_sheet(_row('<c r="A2"><v>1</v></c>')), **rels)


def _merges() -> bytes:
    areas = '<mergeCell ref="A2:A1048576"/>' * 100_000
    rows = "".join(_row("<c><v>1</v></c>", n) for n in range(2, 30_000))
    return _book(_sheet(rows, behind=f"<mergeCells>{areas}</mergeCells>"))


def _repetitions(rows: int, columns: int) -> bytes:
    cell = (
        f'<table:table-cell table:number-columns-repeated="{columns}" office:value-type="string">'
        "<text:p>x</text:p></table:table-cell>"
    )
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="a">{row}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    name = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    manifest = (
        f'<m:manifest xmlns:m="{name}"><m:file-entry m:full-path="/" '
        f'm:media-type="{kind.decode()}"/></m:manifest>'
    )
    return _packed(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": manifest.encode(),
            "content.xml": content.encode(),
        }
    )


def _compound(shift: int, *, sectors: int = 0, claims: int = 0) -> bytes:
    """The head of an .xls whose sectors are of 2**shift bytes and which claims tables of them."""
    head = bytearray(2_048)
    head[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<HHHHH", head, 24, 0x3E, 3, 0xFFFE, shift, 6)
    struct.pack_into("<IIII", head, 40, sectors, claims, 0, 0)
    struct.pack_into("<IIIII", head, 56, 4_096, 0, claims, 0, claims)
    struct.pack_into("<I", head, 76, 0)
    return bytes(head)


def _page(body: str) -> bytes:
    heading = "".join(f"<th>{title}</th>" for title in TITLES)
    return (
        f"<html><meta charset=utf-8><table><tr>{heading}</tr>"
        f"<tr><td>1</td><td></td><td></td><td></td></tr>{body}"
    ).encode()


#: Name with ending -> what makes it.
FILES: dict[str, Callable[[], bytes]] = {
    "unclosed-cells.xlsx": lambda: _book(_sheet(_row("<f>1</f>" + "<c>" * 200_000))),
    "unclosed-cells-with-strings.xlsx": lambda: _book(
        _sheet(_row("<c t='s'>" * 300_000)), xl__sharedStrings_dot_xml=_strings("x")
    ),
    "open-tags.xlsx": lambda: _book(_sheet(_row("<f>1</f>" + "<c " * 700_000))),
    "open-rows.xlsx": lambda: _book(_sheet("<row " * 400_000 + "</row>")),
    "one-long-tag.xlsx": lambda: _book(
        _sheet(_row("<c " + "t='s' " * 300_000 + "<v>0</v></c>")),
        xl__sharedStrings_dot_xml=_strings("x"),
    ),
    "no-rows-for-long.xlsx": lambda: _book(
        f"<worksheet {_XMLNS}><cols>".encode() + b"<col/>" * 1_500_000
    ),
    "open-string-tags.xlsx": lambda: _book(
        _sheet(_row('<c r="A2" t="s"><v>0</v></c>')),
        xl__sharedStrings_dot_xml=b"<sst " * 10 + b"<si " * 700_000,
    ),
    "open-merges.xlsx": lambda: _book(
        _sheet(_row('<c r="A2"><v>1</v></c>'), behind="<mergeCells>" + "<mergeCell " * 500_000)
    ),
    "merges-on-merges.xlsx": _merges,
    "far-cell.xlsx": lambda: _book(_sheet(_row('<c r="IV1048576"><v>1</v></c>'))),
    "far-corners-of-one-row.xlsx": lambda: _book(
        _sheet(_row('<c r="A2"><v>1</v></c><c r="IV999999"><v>1</v></c>', 999_999))
    ),
    "far-row-number.xlsx": lambda: _book(_sheet(_row("<c><v>1</v></c>", 4_294_967_295))),
    "long-row-number.xlsx": lambda: _book(_sheet(f'<row r="{"9" * 200_000}"><c><v>1</v></c></row>')),
    "long-number.xlsx": lambda: _book(_sheet(_row(f'<c r="A2"><v>{"9" * 2_000_000}</v></c>'))),
    "huge-exponents.xlsx": lambda: _book(
        _sheet("".join(_row(f'<c r="A{n}"><v>1e308</v></c>', n) for n in range(2, 3_000)))
    ),
    "one-string-for-all.xlsx": lambda: _book(
        _sheet("".join(_row(f'<c r="A{n}" t="s"><v>0</v></c>', n) for n in range(2, 300))),
        xl__sharedStrings_dot_xml=_strings("长" * (3 * _MEGABYTE)),
    ),
    "string-without-end.xlsx": lambda: _book(
        _sheet(_row(f'<c r="A2" t="inlineStr"><is><t>{"x" * (9 * _MEGABYTE)}</t></is></c>'))
    ),
    "many-relations.xlsx": _many_relations,
    "sheets-of-one-part.xlsx": lambda: _book(
        _sheet(_row('<c r="A2"><v>1</v></c>')), sheets=60_000
    ),
    "deep-workbook.xlsx": lambda: _book(
        _sheet(""), xl__workbook_dot_xml=b"<a>" * 300_000 + b"</a>" * 300_000
    ),
    "many-styles.xlsx": lambda: _book(
        _sheet(_row('<c r="A2"><v>1</v></c>')),
        xl__styles_dot_xml=f"<styleSheet {_XMLNS}><cellXfs>".encode()
        + b'<xf numFmtId="14"/>' * 450_000
        + b"</cellXfs></styleSheet>",
    ),
    "nothing-but-parts.xlsx": lambda: _packed({f"{n}": b"" for n in range(20_000)}),
    "repetitions.ods": lambda: _repetitions(1_048_576, 16_384),
    "fewer-repetitions.ods": lambda: _repetitions(1_048_576, 200),
    "huge-sectors.xls": lambda: _compound(63),
    "large-sectors.xls": lambda: _compound(31, sectors=1, claims=1),
    "claimed-tables.xls": lambda: _compound(9, sectors=0xFFFFFFF0, claims=0xFFFFFFF0),
    "no-sectors.xls": lambda: _compound(0),
    "unclosed-quote.csv": lambda: (LINE + '"' + "x" * (2 * _MEGABYTE)).encode(),
    "quotes.csv": lambda: (LINE + '"' * (2 * _MEGABYTE)).encode(),
    "separators.csv": lambda: (LINE + "," * 500_000).encode(),
    "heading-of-separators.csv": lambda: ("," * 500_000 + "\n" + LINE + "1,,,\n").encode(),
    "wide-heading.csv": lambda: (
        LINE.strip() + "".join(f",x{n}" for n in range(20_000)) + "\n1,,,\n"
    ).encode(),
    "no-line-end.csv": lambda: b"x" * (4 * _MEGABYTE),
    "blanks.csv": lambda: (LINE + "1," + " " * 130_000 + "x,,\n").encode(),
    "nul-bytes.csv": lambda: LINE.encode() + bytes(_MEGABYTE),
    "half-of-a-character.csv": lambda: LINE.encode() + b"\xe5\x87",
    "tables-in-tables.xls": lambda: _page("<table><tr><td>" * 30_000),
    "open-page-tag.xls": lambda: _page("<td " + "a " * 500_000),
    "open-comment.xls": lambda: _page("<!--" * 250_000),
    "open-declarations.xls": lambda: _page("<![" * 300_000),
    "references.xls": lambda: _page("<td>" + "&#" * 500_000),
    "merged-over-everything.xls": lambda: _page(
        "<tr>" + "<td rowspan=9999999 colspan=9999999>x</td>" * 300 + "<tr>" * 100_000
    ),
}  # fmt: skip
