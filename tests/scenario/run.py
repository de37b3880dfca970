#!/usr/bin/env python3
"""Runs tests/scenario/*.scn against the real binary and prints TAP.

  run.py BINARY [--store sqlite|postgresql] [--steps] [FILE.scn …]

A file is one user story: lines `scenario "title"`, then steps (steps.py). A block for a step that ends in ":" is indented
by four spaces. Each scenario has its own folder, store and server. Afterwards every operation has to have been called, and
every reply has been checked against the OpenAPI document.
"""
import argparse
import os
import pathlib
import sys
import tempfile
import traceback

import contract
import case_steps  # noqa: F401
import dossier_steps  # noqa: F401 its steps join the language
import life_steps  # noqa: F401
import import_steps  # noqa: F401
import steps
import world

HERE = pathlib.Path(__file__).parent


def read(path):
    """[(title, [(line number, text, block)])]"""
    out, block = [], None
    for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
        if block is not None and (line.startswith('    ') or not line.strip()) and line.startswith('    '):
            block.append(line[4:])
            continue
        block = None
        text = line.strip()
        if not text or text.startswith('#'):
            continue
        if text.startswith('scenario "'):
            out.append((text[10:].rstrip('"'), []))
            continue
        if not out:
            raise SystemExit(f'{path}:{number}: a step before the first scenario')
        block = [] if text.endswith(':') else None
        out[-1][1].append((number, text, block))
    return out


def do(w, path, number, text, block):
    for pattern, function in steps.STEPS:
        found = pattern.match(text)
        if found:
            args = list(found.groups()) + (['\n'.join(block) + '\n'] if block is not None else [])
            return function(w, *args)
    raise world.Wrong('no step reads so; run.py --steps prints them all')


def scenario(path, body, make):
    w = make()
    try:
        for number, text, block in body:
            try:
                do(w, path, number, text, block)
            except (world.Wrong, AssertionError, KeyError) as e:
                return f'{path.name}:{number}: {text}: {e}'
            except Exception as e:
                return f'{path.name}:{number}: {text}: {traceback.format_exc(limit=3)}'
        w.stop()
        return None
    except world.Wrong as e:
        return f'{path.name}: {e}'
    finally:
        w.close()


def main():
    p = argparse.ArgumentParser()
    p.add_argument('binary', nargs='?')
    p.add_argument('--store', choices=['sqlite', 'postgresql'], default='sqlite')
    p.add_argument('--steps', action='store_true')
    p.add_argument('files', nargs='*')
    a = p.parse_args()
    if a.steps:
        print(steps.documentation())
        return 0
    binary, pg = str(pathlib.Path(a.binary).resolve()), None
    if a.store == 'postgresql':
        pg = os.environ.get('DANCU_TEST_PG')
        if not pg:
            print('1..0 # SKIP DANCU_TEST_PG names no server')
            return 0
    files = [pathlib.Path(f) for f in a.files] or sorted(HERE.glob('*.scn'))
    with tempfile.TemporaryDirectory(prefix='dancu-scenario-') as folder:
        return run(binary, pg, files, pathlib.Path(folder), whole=not a.files)


def run(binary, pg, files, folder, whole):
    record = contract.Contract(binary)
    populations = world.Populations(binary, folder, pg)
    count = failed = 0
    for path in files:
        for title, body in read(path):
            count += 1
            own = folder / f'scenario-{count}'
            own.mkdir()
            wrong = scenario(path, body, lambda: world.World(binary, own, populations, pg, record))
            failed += wrong is not None
            print(f'{"not ok" if wrong else "ok"} {count} - {path.stem}: {title}', flush=True)
            if wrong:
                print('\n'.join('# ' + line for line in wrong.splitlines()), flush=True)
    if whole:
        count += 1
        left = sorted(set(record.operations) - record.hit)
        failed += bool(left)
        print(f'{"not ok" if left else "ok"} {count} - every operation is called by a scenario')
        for name in left:
            print(f'#   {name} is not')
        count += 1
        printed = world.run([binary, 'permissions']).strip()
        same = printed in (HERE.parent.parent / 'docs' / 'permissions.md').read_text(encoding='utf-8')
        failed += not same
        print(f'{"ok" if same else "not ok"} {count} - docs/permissions.md is what dancu permissions prints')
    print(f'1..{count}')
    print(f'# {record.replies} replies checked against the OpenAPI document', flush=True)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
