#!/usr/bin/env python3
"""Make a C file that holds definition files as they are: data.py out.c name=path …

The assembler copies the bytes in, which keeps the compiler fast however large the tables are. Each file ends in a NUL
that is not counted. Refuses a name that stands twice and a file that is empty."""
import os
import sys


def main(argv):
    out, pairs = argv[1], [a.split("=", 1) for a in argv[2:]]
    if len({name for name, _ in pairs}) != len(pairs):
        print("data: a name stands twice", file=sys.stderr)
        return 1
    text = ['/* Made by tools/defs/data.py. */\n#include "defs/inside.h"\n\n']
    for i, (name, path) in enumerate(pairs):
        if os.path.getsize(path) == 0:
            print(f"data: {name} is empty", file=sys.stderr)
            return 1
        full = os.path.abspath(path).replace("\\", "\\\\").replace('"', '\\"')
        text.append(f'__asm__(".pushsection .rodata\\n.global defs_data_{i}\\n.global defs_data_end_{i}\\n"\n'
                    f'        "defs_data_{i}:\\n.incbin \\"{full}\\"\\ndefs_data_end_{i}:\\n.byte 0\\n.popsection");\n'
                    f"extern const unsigned char defs_data_{i}[], defs_data_end_{i}[];\n")
    text.append("\nconst struct defs_data defs_data[] = {\n")
    text += [f'    {{ "{name}", defs_data_{i}, defs_data_end_{i} }},\n' for i, (name, _) in enumerate(pairs)]
    text.append("    { 0 },\n};\n")
    with open(out, "w", encoding="utf-8") as f:
        f.write("".join(text))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
