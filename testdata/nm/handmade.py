#!/usr/bin/env python3
"""Writes the smallest XCOFF and Plan 9 a.out files that have a symbol of each kind that Go's nm tells apart.

Usage: handmade.py FOLDER
The encodings are those of "XCOFF Object File Format" (AIX) and of a.out(6) (Plan 9). Go links no such file of less than
a megabyte; testdata/nm/build.sh asks Go's nm what is in these.
"""
import os
import struct
import sys

C_EXT, C_FILE, C_HIDEXT, C_WEAKEXT = 2, 103, 107, 111
XMC_PR, XMC_RO, XMC_RW, XMC_BS = 0, 1, 5, 9
TEXT, DATA, BSS, TDATA = 1, 2, 3, 4


def xcoff(wide):
    """Four sections, and rows of every class: with one follower and with two, short names and long ones."""
    strings = bytearray(4)
    content = bytes(range(64)), bytes(range(64, 112))

    def at(name):
        place = len(strings)
        strings.extend(name + b"\0")
        return place

    def row(name, value, section, kind, storage, followers):
        if wide:
            return struct.pack(">QIhHBB", value, at(name), section, kind, storage, followers)
        field = name.ljust(8, b"\0") if len(name) <= 8 else struct.pack(">II", 0, at(name))
        return field + struct.pack(">IhHBB", value, section, kind, storage, followers)

    def csect(length, mapping, kind=1):
        if wide:
            return struct.pack(">IIHBBIBB", length & 0xFFFFFFFF, 0, 0, kind, mapping, length >> 32, 0, 251)
        return struct.pack(">IIHBBIH", length, 0, 0, kind, mapping, 0, 0)

    symbols = [
        row(b".file", 0, -2, 0, C_FILE, 1), b"\0" * 18,
        row(b"main.main", 0x10000100, TEXT, 0x20, C_EXT, 2), b"\1" * 18, csect(24, XMC_PR),
        row(b"main.local", 0x10000118, TEXT, 0x20, C_HIDEXT, 1), csect(8, XMC_PR),
        row(b"rodata", 0x10000120, TEXT, 0, C_EXT, 1), csect(16, XMC_RO),
        row(b"hidden.ro", 0x10000130, TEXT, 0, C_HIDEXT, 1), csect(16, XMC_RO),
        row(b"main.set", 0x20000140, DATA, 0, C_EXT, 1), csect(8, XMC_RW),
        row(b"weak", 0x20000148, DATA, 0, C_WEAKEXT, 1), csect(8, XMC_RW),
        row(b"main.zeroed", 0x20000170, BSS, 0, C_EXT, 1), csect(12, XMC_BS),
        row(b"main.zeroed.local", 0x20000180, BSS, 0, C_HIDEXT, 1), csect(4, XMC_BS),
        row(b"thread", 0x40, TDATA, 0, C_EXT, 1), csect(4, 20),
        row(b"thread.local", 0x44, TDATA, 0, C_HIDEXT, 1), csect(4, 20),
        row(b"imported", 0x77, 0, 0, C_EXT, 1), csect(0, XMC_PR, 0),
        row(b"no.csect", 0x10000100, TEXT, 0, C_EXT, 0),
        row(b"last.one", 0x10000138, TEXT, 0, C_EXT, 1), csect((1 << 32) + 8 if wide else 8, XMC_PR),
    ]
    strings[:4] = struct.pack(">I", len(strings))
    header, line = (24, 72) if wide else (20, 40)
    start = header + 4 * line
    sections = [
        (b".text", 0x10000100, len(content[0]), start, 0x20),
        (b".data", 0x20000140, len(content[1]), start + len(content[0]), 0x40),
        (b".bss", 0x20000170, 32, 0, 0x80),
        (b".tdata", 0x40, 0, 0, 0x400),
    ]
    table = start + sum(map(len, content))
    if wide:
        out = struct.pack(">HHIQHHI", 0x01F7, 4, 0, table, 0, 0x0002, len(symbols))
    else:
        out = struct.pack(">HHIIIHH", 0x01DF, 4, 0, table, len(symbols), 0, 0x0002)
    for name, address, size, place, flags in sections:
        form = ">8sQQQQQQIIII" if wide else ">8sIIIIIIHHI"
        fields = [name, address, address, size, place, 0, 0, 0, 0, flags] + ([0] if wide else [])
        out += struct.pack(form, *fields)
    return out + b"".join(content) + b"".join(symbols) + bytes(strings)


def plan9(magic):
    """Text, data, and symbols of every letter, with a path row and the file names that it is made of."""
    wide = magic & 0x8000
    start = 0x200028 if wide else 0x1020
    data_at = 0x400000 if wide else 0x2000
    text, data = bytes(range(96)), bytes(range(96, 160))
    rows = [
        (1, "f", b"sys"), (2, "f", b"src"), (0, "z", b"\0\0\1\0\2\0\0"), (0x40, "m", b".frame"),
        (start, "T", b"main.main"), (start + 32, "t", b"main.local"), (start + 64, "T", b"alias"),
        (start + 64, "T", b"alias.too"), (start + 80, "D", b"read.only"),
        (data_at, "D", b"main.set"), (data_at + 16, "d", b"main.set.local"),
        (data_at + 64, "B", b"main.zeroed"), (data_at + 72, "b", b"main.zeroed.local"),
        (data_at + 80, "U", b"never.listed"), (data_at + 96, "B", b"end"), (data_at + 96, "B", b""),
    ]
    symbols = b""
    for value, letter, name in rows:
        symbols += struct.pack(">Q" if wide else ">I", value) + bytes([ord(letter) | 0x80]) + name
        symbols += b"\0"
    out = struct.pack(">8I", magic, len(text), len(data), 32, len(symbols), start, 0, 0)
    out += struct.pack(">Q", start) if wide else b""
    return out + text + data + symbols


folder = sys.argv[1]
for name, content in {
    "xcoff32": xcoff(False),
    "xcoff64": xcoff(True),
    "plan9-386": plan9(0x01EB),
    "plan9-amd64": plan9(0x8A97),
    "plan9-arm": plan9(0x0647),
}.items():
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)
