#!/usr/bin/env python3
"""Writes ELF files that no current Go makes: the pointer form of Go's build info, and decoys of its magic.

Usage: handmade.py FOLDER
The encodings are those of debug/buildinfo (buildinfo.go, readRawBuildInfo).
"""
import os
import struct
import sys

MAGIC = b"\xff Go buildinf:"
BASE = 0x10000
INLINE = 2
BIG = 1


def modules(path):
    """The module text between the 16-byte sentinels that Go puts around it."""
    text = f"path\t{path}\nmod\t{path}\t(devel)\t\nbuild\t-compiler=gc\n".encode()
    return b"0w\xaf\x0c\x92t\x08\x02A\xe1\xc1\x07\xe6\xd6\x18\xe6" + text + b"\xf92C1\x86\x18 r\x00\x82B\x10A\x16\xd8\xf2"


def pointer_form(order, address, version, module):
    """Header, two pointers to string headers, the headers, the bytes (Go 1.13 to 1.17)."""
    headers = address + 32
    text = headers + 32
    return (
        MAGIC + bytes([8, BIG if order == ">" else 0])
        + struct.pack(order + "2Q", headers, headers + 16)
        + struct.pack(order + "4Q", text, len(version), text + len(version), len(module))
        + version + module
    )


def inline_form(version, module):
    """Header, then both strings behind varint lengths (since Go 1.18)."""
    def string(data):
        size, out = len(data), b""
        while size >= 0x80:
            out, size = out + bytes([size & 0x7F | 0x80]), size >> 7
        return out + bytes([size]) + data
    return (MAGIC + bytes([8, INLINE])).ljust(32, b"\0") + string(version) + string(module)


def elf(order, machine, sections, named=True):
    """An ELF64 executable: one segment per (name, writable, bytes), and a section table when `named`."""
    names = b"\0"
    programs, headers, body = b"", [struct.pack(order + "2I4Q2I2Q", *[0] * 10)], b""
    start = 64 + 56 * len(sections)
    for name, writable, data in sections:
        offset = -(-(start + len(body)) // 64) * 64
        body = body.ljust(offset - start, b"\0") + data
        address = BASE + offset
        programs += struct.pack(order + "2I6Q", 1, 6 if writable else 4, offset, address, address, len(data), len(data), 64)
        headers.append(struct.pack(order + "2I4Q2I2Q", len(names), 1, 3 if writable else 2, address, offset, len(data), 0, 0, 16, 0))
        names += name + b"\0"
    table = 0
    if named:
        headers.append(struct.pack(order + "2I4Q2I2Q", len(names), 3, 0, 0, start + len(body), len(names) + 10, 0, 0, 1, 0))
        body += names + b".shstrtab\0"
        body = body.ljust(-(-(start + len(body)) // 8) * 8 - start, b"\0")
        table = start + len(body)
        body += b"".join(headers)
    count = len(headers) if named else 0
    ident = b"\x7fELF" + bytes([2, 2 if order == ">" else 1, 1]) + bytes(9)
    header = ident + struct.pack(order + "2HI3QI6H", 2, machine, 1, BASE, 64, table, 0, 64, 56, len(sections), 64 if named else 0, count, max(count - 1, 0))
    return header + programs + body


def section_address(count):
    """The address of the first section when the file has `count` of them."""
    return BASE + -(-(64 + 56 * count) // 64) * 64


def main(folder):
    old, new, false = b"go1.17.13", b"go1.20.1", b"go9.9.9"
    decoy = inline_form(false, modules("example.com/decoy"))
    real = inline_form(new, modules("example.com/handmade"))
    files = {}
    for name, order, machine in (("little", "<", 8), ("big", ">", 21)):
        data = pointer_form(order, section_address(1), old, modules("example.com/handmade"))
        files[f"handmade-buildinfo-pointers-{name}"] = elf(order, machine, [(b".go.buildinfo", True, data)])
    # cmd/link and its like carry the magic among their constants.
    files["handmade-buildinfo-decoy"] = elf("<", 62, [(b".rodata", False, decoy), (b".go.buildinfo", True, real)])
    # Without sections a scan has to pass over a copy in a segment that cannot be written and over one that is not 16-aligned.
    scanned = b"\0" * 8 + decoy
    scanned = scanned.ljust(-(-len(scanned) // 16) * 16, b"\0") + real
    files["handmade-buildinfo-decoy-scan"] = elf("<", 62, [(b".rodata", False, decoy), (b".data", True, scanned)], named=False)
    for name, data in files.items():
        path = os.path.join(folder, name)
        with open(path, "wb") as out:
            out.write(data)
        os.chmod(path, 0o755)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
