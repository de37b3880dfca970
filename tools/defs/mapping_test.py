#!/usr/bin/env python3
"""Holds units.tsv against the official mapping of old communes to new ones, pair by pair: the file ward_mapping_old_new.csv in the
folder DOMAIN_DATA, which is no part of the project. Without it every test says plainly that it was left out. Prints TAP."""
import collections
import csv
import os
import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parent.parent)]
import tap
import units

# The mapping gives these by codes that the list of January 2025 does not have.
OTHER_CODES = {"26929": "26935", "26953": "26959", "27076": "27067", "27226": "27217", "27232": "27223", "27367": "27361", "27373": "27379"}
# Three wards of a town that was made after January 2025, and a stretch of coast without a commune.
NOT_IN_THE_LIST = {"03980", "03983", "03984", "14698"}
PAIRS = 10571
FOLDER = os.environ.get("DOMAIN_DATA", "")
TSV = sys.argv.pop(1)


@unittest.skipUnless(FOLDER and os.path.exists(os.path.join(FOLDER, "ward_mapping_old_new.csv")), "no official mapping beside this source tree (set DOMAIN_DATA)")
class Mapping(unittest.TestCase):
    def setUp(self):
        with open(os.path.join(FOLDER, "ward_mapping_old_new.csv"), encoding="utf-8") as f:
            self.rows = list(csv.DictReader(f))
        self.links, self.people, self.old, self.districts = collections.defaultdict(set), {}, {}, {}
        with open(TSV, encoding="utf-8") as f:
            for line in f:
                kind, a, b, *rest = line.rstrip("\n").split("\t")
                if kind == "L":
                    self.links[a].add(b)
                    if rest == ["p"]:
                        self.people[a] = b
                elif kind == "O":
                    self.old[a] = (b, rest[1])
                elif kind == "D":
                    self.districts[rest[1], b] = a

    def code(self, row):
        """Our code of the old unit of a row; a whole district as d and its code; None if the list has no such unit."""
        code = OTHER_CODES.get(row["old_ward_code"], row["old_ward_code"])
        if code in self.old:
            return code
        name = units.key(row["old_district_name"].removeprefix("Huyện "))
        if not row["old_ward_code"] and not row["old_ward_name"].strip():
            return next((f"d{c}" for (n, _), c in self.districts.items() if units.key(n) == name and f"d{c}" in self.links), None)
        return None

    def test_every_pair(self):
        self.assertEqual(len(self.rows), PAIRS)
        missing, left = [], set()
        for row in self.rows:
            code = self.code(row)
            if code is None:
                left.add(row["old_ward_code"] or row["new_ward_code"])
            elif row["new_ward_code"] not in self.links[code]:
                missing.append((code, row["new_ward_code"]))
        self.assertEqual(missing, [])
        self.assertEqual(left, NOT_IN_THE_LIST)

    def test_no_pair_of_ours_is_unknown_to_it(self):
        official = collections.defaultdict(set)
        for row in self.rows:
            official[self.code(row)].add(row["new_ward_code"])
        extra = sorted((c, t) for c in self.links if c in official for t in self.links[c] - official[c])
        # The mapping has half of Đặng Xá; the package has the other.
        self.assertEqual(extra, [("00556", "00562")])

    def test_people_follow_where_all_of_them_went(self):
        told = {self.code(r): r["new_ward_code"] for r in self.rows if r["kind"] == "PART_AREA_ALL_POP"}
        self.assertEqual(self.people, told)

    def test_units_of_january_that_it_does_not_name(self):
        named = {self.code(r) for r in self.rows}
        beside = sorted(set(self.old) - named)
        self.assertEqual(len([c for c in beside if not self.links[c]]), 18)
        self.assertEqual([c for c in beside if self.links[c]], ["01651", "02482", "03751"])


if __name__ == "__main__":
    sys.exit(tap.main())
