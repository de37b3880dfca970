"""Embeds files in the binary: python3 web/embed.py OUT.c OUT.h DATA FILE...

Each file gets a path with a hash of its bytes (/assets/<stem>-<hash>.<ext>), a content type, an ETag and, where it
is smaller, a gzip variant. "asset:<file>" inside a style sheet becomes the path of that file. The bytes go into DATA, one
file that the assembler takes in with .incbin: a compiler would need seconds and much memory for the same as an array.

Refuses an unknown kind of file, two files of one name, an asset: that is not among the files, and a style sheet or script
that names another host: the content security policy would block it on the reader's machine, where nobody looks.
"""
import gzip
import hashlib
import os
import re
import sys

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
}
GZIPPED = {".css", ".js", ".svg"}
NAME = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
ELSEWHERE = re.compile(rb"""(?:@import\s*|url\(\s*|fetch\(\s*|import\(\s*|from\s*)["']?(https?:)?//""")


class EmbedError(Exception):
    pass


def macro_name(name):
    return "ASSET_" + re.sub(r"[^A-Z0-9]", "_", name.upper())


def hashed_path(name, data):
    stem, ext = os.path.splitext(name)
    return f"/assets/{stem}-{hashlib.sha256(data).hexdigest()[:10]}{ext}"


def replace_references(name, data, paths):
    def path_of(match):
        wanted = match.group(1).decode()
        if wanted not in paths:
            raise EmbedError(f"{name}: asset:{wanted} is not embedded; add it to the list in web/meson.build")
        return paths[wanted].encode()

    return re.sub(rb"asset:([A-Za-z0-9._-]+)", path_of, data)


def check_source(name, data):
    found = ELSEWHERE.search(data)
    if found:
        line = data.count(b"\n", 0, found.start()) + 1
        raise EmbedError(f"{name}:{line}: names another host; embed what it needs instead")


def make_assets(files):
    """files: {name: bytes}; gives a list of (name, path, type, bytes, gzip, etag) in the order of the paths."""
    assets, paths = [], {}
    # Style sheets last, since their own hash depends on the paths they name.
    for name in sorted(files, key=lambda n: (n.endswith(".css"), n)):
        data, ext = files[name], os.path.splitext(name)[1]
        if ext not in TYPES:
            raise EmbedError(f"{name}: no content type is known for {ext or 'a file without an ending'}; known: {' '.join(sorted(TYPES))}")
        if not NAME.fullmatch(name):
            raise EmbedError(f"{name}: a name has small letters, digits, '-' and '.'")
        if ext in GZIPPED:
            data = replace_references(name, data, paths)
            check_source(name, data)
        paths[name] = hashed_path(name, data)
        small = gzip.compress(data, 9, mtime=0) if ext in GZIPPED else b""
        small = small if len(small) < len(data) else b""
        etag = 'W/"' + hashlib.sha256(data).hexdigest()[:32] + '"'
        assets.append((name, paths[name], TYPES[ext], data, small, etag))
    return sorted(assets, key=lambda a: a[1].encode())


def c_text(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_header(assets):
    lines = ["/* Made by web/embed.py; changes here are lost. */", "#pragma once"]
    lines += [f"#define {macro_name(a[0])} {c_text(a[1])}" for a in sorted(assets)]
    return "\n".join(lines) + "\n"


def write_source(assets, data_path):
    rows, blob = [], b""
    for _, path, kind, data, small, etag in assets:
        start = len(blob)
        blob += data + small
        packed = f"AT({start + len(data)}, {len(small)})" if small else "{ 0 }"
        rows.append(f"    {{ STR({c_text(path)}), STR({c_text(kind)}), AT({start}, {len(data)}), {packed}, STR({c_text(etag)}) }},")
    body = f"""/* The embedded files, in the order of their paths. Made by web/embed.py; changes here are lost. */
#include "web/web_assets.h"
#include <string.h>

__asm__(".pushsection .rodata.web_assets,\\"a\\",@progbits\\n"
        ".balign 16\\n"
        ".globl web_assets_data\\n"
        ".hidden web_assets_data\\n"
        "web_assets_data:\\n"
        ".incbin " {c_text(c_text(data_path))} "\\n"
        ".popsection\\n");

extern const char web_assets_data[{len(blob)}] __attribute__((visibility("hidden")));

#define AT(start, size) {{ web_assets_data + (start), (size) }}

static const struct web_asset assets[] = {{
""" + "\n".join(rows) + """
};

const struct web_asset *web_asset_find(str path)
{
    size_t low = 0, high = sizeof assets / sizeof *assets;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        str at = assets[middle].path;
        size_t common = at.len < path.len ? at.len : path.len;
        int order = common ? memcmp(path.ptr, at.ptr, common) : 0;

        if (order == 0 && at.len == path.len)
            return &assets[middle];
        if (order > 0 || (order == 0 && path.len > at.len))
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
"""
    return body, blob


def write_file(path, data):
    with open(path, "wb") as out:
        out.write(data if isinstance(data, bytes) else data.encode())


def main(argv):
    if len(argv) < 5:
        print("use: embed.py OUT.c OUT.h DATA FILE...", file=sys.stderr)
        return 2
    files = {}
    try:
        for path in argv[4:]:
            name = os.path.basename(path)
            if name in files:
                raise EmbedError(f"{path}: a second file named {name}")
            with open(path, "rb") as source:
                files[name] = source.read()
        assets = make_assets(files)
    except (EmbedError, OSError) as error:
        print(f"embed: {error}", file=sys.stderr)
        return 1
    source, blob = write_source(assets, os.path.abspath(argv[3]))
    write_file(argv[3], blob)
    write_file(argv[2], write_header(assets))
    write_file(argv[1], source)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
