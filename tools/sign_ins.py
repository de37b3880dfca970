"""Prints the sign-ins of a demonstration, each with a line on what it finds: python3 tools/sign_ins.py SIGN_INS"""
import json
import sys

FINDS = {
    'citizen': 'a mother: a birth that the hospital told of, a fee to pay, papers to add, who read her data',
    'officer': 'police of her commune: residence legs of births and deaths (/desk/life), dossiers (/desk)',
    'clerk': 'civil status of her commune: births and deaths to register, dossiers new, late and to be handed over; receives at the counter',
    'insurer': 'social insurance: health cards and funeral allowances that wait (/desk/life, /desk/benefits), dossiers',
    'approver': 'social insurance, second officer: allowances to approve and to pay out (/desk/benefits)',
    'business': 'economic office: household businesses in every state',
    'tax': 'tax office: household businesses that the economic office handed on',
    'coordinator': 'coordination centre: lists, five registers, two runs, cases of several communes, quality',
    'leader': 'the province in figures, quality by unit, satisfaction',
    'system': 'a hospital, by API token: curl -k -H "Authorization: Bearer …" -H "Purpose: agreement/AG-2025-001" …',
    'auditor': 'the ledger and what was sent to whom; reads no person',
}


def main(argv):
    if len(argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with open(argv[1], encoding='utf-8') as f:
        for a in json.load(f)['accounts']:
            print(f"  {a['login']:<12} {a['secret']}\n  {'':<12} {FINDS.get(a['kind'], '')}")
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv))
