#!/usr/bin/env python3
"""Writes the sample company's DOCX and PDF from their text in source/.

    assets/sample/build.py

Standard library only; the same text gives the same bytes. The markup of the text: '# ' the
title, '## ' a heading, 'Table: a | b' the head of a table, 'Row: c | d' a row of it, anything
else a paragraph.
"""
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).resolve().parent

# Advance widths of Helvetica for the characters 32 to 126, in 1/1000 of the size (Adobe's AFM).
HELVETICA = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
]


def blocks(path):
    """The text's blocks as (kind, text or cells)."""
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if not line:
            continue
        for mark, kind in (("## ", "heading"), ("# ", "title"), ("Table: ", "head"), ("Row: ", "row")):
            if line.startswith(mark):
                rest = line[len(mark):]
                yield kind, [c.strip() for c in rest.split("|")] if kind in ("head", "row") else rest
                break
        else:
            yield "paragraph", line


# ------------------------------------------------------------------------------------------ DOCX

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def paragraph(text, style=None, bold=False):
    style = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    run = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f'<w:p>{style}<w:r>{run}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def table(rows):
    borders = "".join(f'<w:{side} w:val="single" w:sz="4"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    grid = "".join('<w:gridCol w:w="3000"/>' for _ in rows[0])
    body = ""
    for number, cells in enumerate(rows):
        body += "<w:tr>" + "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="3000" w:type="dxa"/></w:tcPr>{paragraph(c, bold=number == 0)}</w:tc>' for c in cells
        ) + "</w:tr>"
    return f"<w:tbl><w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"


def style(identifier, name, size, bold, outline=None):
    level = f'<w:outlineLvl w:val="{outline}"/>' if outline is not None else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{identifier}"><w:name w:val="{name}"/>'
        f'<w:pPr><w:spacing w:before="200" w:after="100"/>{level}</w:pPr>'
        f'<w:rPr>{"<w:b/>" if bold else ""}<w:sz w:val="{size}"/></w:rPr></w:style>'
    )


def write_docx(source, target):
    body, rows, title = "", [], ""
    for kind, content in [*blocks(source), ("end", "")]:
        if rows and kind != "row":
            body, rows = body + table(rows), []
        if kind == "title":
            title = content
            body += paragraph(content, "Title")
        elif kind == "heading":
            body += paragraph(content, "Heading1")
        elif kind in ("head", "row"):
            rows.append(content)
        elif kind == "paragraph":
            body += paragraph(content)
    page = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1417" w:right="1417" w:bottom="1417" w:left="1417" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>'
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{word}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{word}.styles+xml"/>'
        '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="rId2" Type="{package}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
        "</Relationships>",
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{package}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title>'
        "<dc:creator>Norrland Components AB</dc:creator></cp:coreProperties>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "word/styles.xml": f'<w:styles xmlns:w="{W}">'
        + style("Normal", "Normal", 22, False)
        + style("Title", "Title", 40, True)
        + style("Heading1", "heading 1", 28, True, 0)
        + "</w:styles>",
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}{page}</w:body></w:document>',
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            out.writestr(entry, (DECLARATION + text).encode())


# ------------------------------------------------------------------------------------------- PDF

WIDTH, HEIGHT, MARGIN = 595, 842, 64


def width(text, size):
    return sum(HELVETICA[ord(c) - 32] if 32 <= ord(c) < 127 else 556 for c in text) * size / 1000


def wrapped(text, size):
    """Lines that fit between the margins; bold is a little wider, so some room is left."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and width(longer, size) > (WIDTH - 2 * MARGIN) * 0.96:
            lines.append(line)
            line = word
        else:
            line = longer
    return lines + [line]


def string(text):
    """A PDF string in WinAnsiEncoding, which is code page 1252."""
    raw = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"(" + raw + b")"


def pages_of(source):
    """Pages of (y, size, font, text), and the title."""
    pages, page, y, title = [], [], HEIGHT - MARGIN, ""
    for kind, content in blocks(source):
        if kind == "title":
            title = content
        size, font, before = {"title": (20, "B", 0), "heading": (13, "B", 14)}.get(kind, (10.5, "R", 5))
        lines = wrapped(content, size)
        step = size * 1.35
        # A heading stays with the two lines after it.
        needed = before + step * len(lines) + (40 if kind == "heading" else 0)
        if y - needed < MARGIN + 20:
            pages.append(page)
            page, y = [], HEIGHT - MARGIN
        y -= before
        for line in lines:
            y -= step
            page.append((y, size, font, line))
    return pages + [page], title


def write_pdf(source, target):
    pages, title = pages_of(source)
    first_page = 6
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /Lang (en) >>",
        2: b"<< /Type /Pages /Kids [%s] /Count %d >>"
        % (b" ".join(b"%d 0 R" % (first_page + 2 * i) for i in range(len(pages))), len(pages)),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        4: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        5: b"<< /Title %s /Author %s >>" % (string(title), string("Norrland Components AB")),
    }
    for i, page in enumerate(pages):
        footer = f"Page {i + 1} of {len(pages)}"
        lines = [*page, (MARGIN / 2, 9, "R", footer)]
        content = b"".join(
            b"BT /%s %g Tf 1 0 0 1 %g %g Tm %s Tj ET\n"
            % (font.encode(), size, (WIDTH - width(text, size)) / 2 if y < MARGIN else MARGIN, y, string(text))
            for y, size, font, text in lines
        )
        number = first_page + 2 * i
        objects[number] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources << /Font << /R 3 0 R /B 4 0 R >> >> >>" % (WIDTH, HEIGHT, number + 1)
        )
        objects[number + 1] = b"<< /Length %d >>\nstream\n%sendstream" % (len(content), content)
    out = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    offsets = []
    for number in sorted(objects):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, start)
    target.write_bytes(out)


if __name__ == "__main__":
    write_docx(HERE / "source/employee-handbook.txt", HERE / "policies/employee-handbook.docx")
    write_pdf(
        HERE / "source/framework-supply-agreement-halden-steel.txt",
        HERE / "contracts/framework-supply-agreement-halden-steel.pdf",
    )
    print("policies/employee-handbook.docx\ncontracts/framework-supply-agreement-halden-steel.pdf")
