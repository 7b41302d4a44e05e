"""Workbooks as different programs write them: the same cells, in every form that the format allows.

Each function of `WRITERS` takes the bytes of a workbook and gives it as another program would have written it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

Parts = dict[str, bytes]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml"
SHEETS = "xl/worksheets/"
BOOK = ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml")


def unpack(raw: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(parts: Parts) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return stream.getvalue()


def sheet_part(parts: Parts, title: str) -> str:
    """Give the part of a sheet in a workbook as we write it."""
    titles = re.findall(r'<sheet name="([^"]+)"', parts["xl/workbook.xml"].decode())
    return f"{SHEETS}sheet{titles.index(title) + 1}.xml"


def replace_cell(raw: bytes, title: str, cell: str, content: str) -> bytes:
    """Put XML in the place of a cell of a workbook as we write it."""
    parts = unpack(raw)
    name = sheet_part(parts, title)
    text, count = re.subn(rf'<c r="{cell}"[^>]*?(?:/>|>.*?</c>)', lambda _: content, parts[name].decode(), count=1)
    assert count == 1, f"{title}!{cell} is not there"
    parts[name] = text.encode()
    return pack(parts)


def _each(parts: Parts, change: Callable[[str], str], names: tuple[str, ...] = BOOK) -> Parts:
    def changed(name: str, part: bytes) -> bytes:
        return change(part.decode()).encode() if name.startswith(SHEETS + "sheet") or name in names else part

    return {name: changed(name, part) for name, part in parts.items()}


def strict(raw: bytes) -> bytes:
    """Strict Open XML, as a spreadsheet writes it that was asked for it."""
    parts = unpack(raw)
    links = tuple(name for name in parts if name.endswith(".rels"))

    def change(text: str) -> str:
        text = text.replace(MAIN, f"{STRICT}/spreadsheetml/main")
        return text.replace(LINKS, f"{STRICT}/officeDocument/relationships")

    return pack(_each(parts, change, BOOK + links))


def prefixed(raw: bytes) -> bytes:
    """A prefix before every element, as libraries of Microsoft's platform write them."""

    def change(text: str) -> str:
        text = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", text)
        return text.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')

    return pack(_each(unpack(raw), change))


def odd_prefix(raw: bytes) -> bytes:
    """Strict, with a prefix that is also the name of an element."""

    def change(text: str) -> str:
        text = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1c:", text)
        return text.replace(f'xmlns="{MAIN}"', f'xmlns:c="{STRICT}/spreadsheetml/main"')

    return pack(_each(unpack(raw), change))


def pretty(raw: bytes) -> bytes:
    """Line breaks and spaces between all elements, and around numbers."""

    def change(text: str) -> str:
        text = re.sub(r"><(?!/t>)", ">\n  <", text)
        text = re.sub(r"<v>([^<]+)</v>", "<v>\n    \\1\n  </v>", text)
        return re.sub(r"<t\n  ", "<t", text)

    return pack(_each(unpack(raw), change))


def single_quotes(raw: bytes) -> bytes:
    """Single quotes, other orders of attributes, space within elements."""

    def change(text: str) -> str:
        text = re.sub(r'<c r="(\w+)"((?: \w+="[^"]*")*)', lambda m: f"<c{m[2]}\n  r = '{m[1]}' ", text)
        return re.sub(r't="(\w+)"', r"t = '\1'", text)

    return pack(_each(unpack(raw), change))


def utf_16(raw: bytes) -> bytes:
    """UTF-16, the other encoding that the format allows."""
    parts = unpack(raw)

    def change(name: str, part: bytes) -> bytes:
        if not name.endswith((".xml", ".rels")):
            return part
        return part.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")

    return pack({name: change(name, part) for name, part in parts.items()})


def inline(raw: bytes) -> bytes:
    """Texts in the cells themselves, in pieces, with no list of shared ones, as libraries write that stream."""
    parts = unpack(raw)
    texts = re.findall(r"<si>(.*?)</si>", parts.pop("xl/sharedStrings.xml").decode(), re.DOTALL)

    def change(text: str) -> str:
        def cell(match: re.Match[str]) -> str:
            if int(match[2]) >= len(texts):
                return match[0]
            spoken = '<rPh sb="0" eb="1"><t>x</t></rPh>'
            return f't="inlineStr"{match[1]}><is><r><rPr><b/></rPr>{texts[int(match[2])]}</r>{spoken}</is>'

        return re.sub(r't="s"([^>]*)><v>(\d+)</v>', cell, text)

    links = "xl/_rels/workbook.xml.rels"
    parts[links] = re.sub(rb"<Relationship [^>]*sharedStrings[^>]*/>", b"", parts[links])
    return pack(_each(parts, change))


def without_references(raw: bytes) -> bytes:
    """No names of cells or rows: each stands behind the one before; gaps are empty cells."""

    def change(text: str) -> str:
        def row(match: re.Match[str]) -> str:
            cells: list[str] = []
            for letters, rest in re.findall(r'<c r="([A-Z]+)\d+"([^>]*/>|.*?</c>)', match[2]):
                number = 0
                for letter in letters:
                    number = 26 * number + ord(letter) - 64
                cells += ["<c/>"] * (number - 1 - len(cells)) + [f"<c{rest}"]
            return f"<row>{''.join(cells)}</row>"

        return re.sub(r"<row ([^>]*)>(.*?)</row>", row, text, flags=re.DOTALL)

    parts = unpack(raw)
    kept = {n: p for n, p in parts.items() if not re.search(rb'<row r="(\d+)"[^>]*/>', p)}
    return pack({**parts, **_each(kept, change)})


def elsewhere(raw: bytes) -> bytes:
    """Parts with other names in other folders, found by relationships alone; absolute, relative and large."""
    parts = unpack(raw)
    moved = {}
    for name, part in parts.items():
        new = name.replace("xl/worksheets/sheet", "Data/Tabellen/Blatt-").replace("xl/workbook.xml", "Data/Mappe.xml")
        new = new.replace("xl/_rels/workbook.xml.rels", "Data/_rels/Mappe.xml.rels")
        new = new.replace("xl/sharedStrings.xml", "Shared/Texte.xml").replace("xl/styles.xml", "Data/formats.xml")
        moved[new] = part
    links = moved["Data/_rels/Mappe.xml.rels"].decode()
    links = links.replace("worksheets/sheet", "/DATA/tabellen/blatt-").replace(
        "sharedStrings.xml", "../Shared/Texte.xml"
    )
    moved["Data/_rels/Mappe.xml.rels"] = links.replace('"styles.xml"', '"./formats.xml"').encode()
    moved["_rels/.rels"] = moved["_rels/.rels"].replace(b"xl/workbook.xml", b"/Data/Mappe.xml")
    return pack(moved)


def by_types(raw: bytes) -> bytes:
    """The list of sheets named by its type alone."""
    parts = unpack(elsewhere(raw))
    del parts["_rels/.rels"]
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"/xl/workbook.xml", b"/Data/Mappe.xml")
    return pack(parts)


def commented(raw: bytes) -> bytes:
    """Comments, instructions and CDATA within values."""

    def change(text: str) -> str:
        text = re.sub(r"<v>(\d)([^<]*)</v>", r"<v><!-- < -->\1<?go on?><![CDATA[\2]]></v>", text)
        return re.sub(r"(<sheetData>)", r"<!-- sheetData -->\1", text)

    return pack(_each(unpack(raw), change))


def extended(raw: bytes) -> bytes:
    """Lists of extensions and blocks for older readers, as spreadsheets add them, with elements of familiar names."""
    choice = '<m:Choice Requires="x14"><c r="A1"><v>7</v></c></m:Choice>'
    more = f'<m:AlternateContent xmlns:m="urn:compatibility">{choice}</m:AlternateContent>'
    ext = '<extLst><ext uri="x" xmlns:e="urn:e"><e:c r="A1" t="e"><e:v>9</e:v></e:c></ext></extLst>'

    def change(text: str) -> str:
        text = text.replace("</c>", f"{ext}</c>").replace("</row>", f"{ext}</row>")
        return text.replace("<sheetData", f"{more}<sheetData").replace("</worksheet>", f"{ext}</worksheet>")

    return pack(_each(unpack(raw), change, ()))


WRITERS: dict[str, Callable[[bytes], bytes]] = {
    "as we write it": lambda raw: raw,
    "strict": strict,
    "prefixed": prefixed,
    "strict with an odd prefix": odd_prefix,
    "pretty": pretty,
    "pretty and prefixed": lambda raw: prefixed(pretty(raw)),
    "pretty and strict": lambda raw: strict(pretty(raw)),
    "single quotes": single_quotes,
    "UTF-16": utf_16,
    "inline texts": inline,
    "without references": without_references,
    "elsewhere": elsewhere,
    "by types": by_types,
    "commented": commented,
    "extended": extended,
}
