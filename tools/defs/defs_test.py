#!/usr/bin/env python3
"""Every refusal of fields.py, units.py and data.py, and what units.py repairs. Prints TAP."""
import collections
import contextlib
import copy
import io
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import data
import fields
import tap
import units

FINE = """
sources:
  identity: {vi: x, en: x}
fields:
  - {key: name, bit: 0, group: 1, type: text, class: personal, sources: [identity], label: {vi: x, en: x}}
  - {key: blood, bit: 3, group: 12, type: code, class: personal, sources: [identity], label: {vi: x, en: x}}
codes:
  blood: {1: A, 2: {vi: b, en: B}}
"""


class Fields(unittest.TestCase):
    def make(self, text):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "p.yaml").write_text(text, encoding="utf-8")
            err = io.StringIO()
            with contextlib.redirect_stderr(err):
                code = fields.main(["fields", str(root / "p.yaml"), str(root / "p.c"), str(root / "p.h")])
            return code, err.getvalue(), (root / "p.h").read_text("utf-8") if code == 0 else ""

    def test_makes_bits_and_masks(self):
        code, err, header = self.make(FINE)
        self.assertEqual((code, err), (0, ""))
        self.assertIn("FIELD_BLOOD = 3", header)
        self.assertIn("#define FIELDS_EVERY UINT64_C(0x9)", header)

    def test_refuses(self):
        for before, after, says in (
                ("bit: 3", "bit: 0", "taken"), ("bit: 3", "bit: 64", "not 0 to 63"), ("type: code", "type: blob", "is unknown"),
                ("class: personal, sources: [identity], label: {vi: x, en: x}}\n  - {key: blood", "class: secret, sources: [identity], label: {vi: x, en: x}}\n  - {key: blood", "class"),
                ("key: blood", "key: Blood", "no key"), ("[identity], label: {vi: x, en: x}}\ncodes", "[diary], label: {vi: x, en: x}}\ncodes", "diary"),
                ("group: 12", "group: 27", "1 to 26"), ("label: {vi: x, en: x}}\ncodes", "label: {vi: x}}\ncodes", "'en' is missing"),
                ("blood: {1: A", "bluud: {1: A", "must list exactly"), ("{1: A,", "{one: A,", "whole number"), ("bit: 3,", "bit: 3, bit: 4,", "twice")):
            self.assertIn(before, FINE)
            code, err, _ = self.make(FINE.replace(before, after))
            self.assertEqual(code, 1, after)
            self.assertIn(says, err)
            self.assertRegex(err, r"p\.yaml:\d+: ")


class Units(unittest.TestCase):
    def setUp(self):
        self.count = units.Count()
        self.districts = {"001": ("01", "Quận Ba Đình"), "002": ("02", "Huyện Xa")}
        self.old = {"00001": ("001", "Phường Hoà Bình"), "00004": ("001", "Phường Trúc Bạch"), "00009": ("002", "Xã Xa")}
        self.new = {"00004": ("01", "Phường Ba Đình"), "00008": ("01", "Phường Ngọc Hà"), "00009": ("02", "Xã Xa")}
        self.names = units.Names(self.districts, self.old, [{"map": "old", "code": "01", "name": "Hà Nội"}, {"map": "old", "code": "02", "name": "Xa"}])

    def links(self, rows):
        full = [dict({"old_ward_code": None, "old_ward_name": None, "old_district_name": None, "old_province_name": None}, **r) for r in rows]
        return units.successors(full, self.names, self.old, self.new, lambda c: {"001": "01", "002": "02"}[self.old[c][0]], self.count)

    def test_takes_codes(self):
        self.assertEqual(self.links([{"old_ward_code": "00001", "new_ward_code": "00004"}]), {"00001": {"00004"}})

    def test_restores_leading_zeros_of_a_successor(self):
        self.assertEqual(self.links([{"old_ward_code": "00001", "new_ward_code": "8"}]), {"00001": {"00008"}})

    def test_finds_an_old_unit_by_name_whatever_the_tone_place(self):
        row = {"old_ward_name": "phường Hòa  Bình", "old_district_name": "Quận Ba Đình", "old_province_name": "Thành phố Hà Nội", "new_ward_code": "00004"}
        self.assertEqual(self.links([row]), {"00001": {"00004"}})
        self.assertEqual(self.count["successors: old unit found by name"], 1)

    def test_leaves_out_what_it_cannot_place(self):
        stale = {"old_ward_name": "Phường Không Còn", "old_district_name": "Quận Ba Đình", "old_province_name": "Hà Nội", "new_ward_code": "00004"}
        elsewhere = {"old_ward_name": "Phường Hoà Bình", "old_district_name": "Quận Ba Đình", "old_province_name": "Hà Nội", "new_ward_code": "00009"}
        self.assertEqual(self.links([stale, elsewhere]), {})

    def test_refuses_a_successor_in_another_province(self):
        with self.assertRaises(units.Refused):
            self.links([{"old_ward_code": "00001", "new_ward_code": "00009"}])

    def test_cleans_names(self):
        self.assertEqual(units.clean("Xa\u0303  A Dơi ", self.count, "x"), "Xã A Dơi")
        self.assertEqual(units.split_type("Thị Trấn Châu Ổ", units.OLD_TYPES, "x"), ("township", "Châu Ổ"))
        with self.assertRaises(units.Refused):
            units.split_type("Thôn Đoài", units.OLD_TYPES, "x")

    def test_refuses_wrong_totals(self):
        with self.assertRaises(units.Refused):
            units.check_totals([], self.districts, self.old, self.new)

    def test_refuses_corrections_that_no_longer_apply(self):
        links = self.links([{"old_ward_code": "00001", "new_ward_code": "00004"}])
        fine = {"successors": [{"old": "00001", "new": "00008"}], "districts": [{"old": "002", "new": "00009", "name": "Xa"}], "new_codes": [{"was": "1", "is": "2", "used": True}]}
        units.apply_corrections(links, copy.deepcopy(fine), self.districts, self.old, self.new)
        self.assertEqual(links["00001"], {"00004", "00008"})
        self.assertEqual(links["d002"], {"00009"})
        for wrong in ({"successors": [{"old": "00001", "new": "00004"}]}, {"successors": [{"old": "77777", "new": "00004"}]},
                      {"districts": [{"old": "777", "new": "00004", "name": "Xa"}]}, {"districts": [{"old": "002", "new": "00009", "name": "Ba Đình"}]}, {"new_codes": [{"was": "1", "is": "2"}]}):
            with self.assertRaises(units.Refused):
                units.apply_corrections(copy.deepcopy(links), wrong, self.districts, self.old, self.new)

    def test_refuses_exchanges_that_no_longer_apply(self):
        links = {"00001": {"00004"}}
        units.apply_corrections(links, {"exchanged": [{"old": "00001", "was": "00004", "new": "00008"}]}, self.districts, self.old, self.new)
        self.assertEqual(links["00001"], {"00008"})
        with self.assertRaises(units.Refused):
            units.apply_corrections(links, {"exchanged": [{"old": "00001", "was": "00004", "new": "00008"}]}, self.districts, self.old, self.new)

    def test_takes_all_parts_of_a_divided_commune(self):
        links, people = collections.defaultdict(set, {"00001": {"00004"}, "00004": {"00004"}}), {}
        units.apply_divided(links, people, {"divided": {"00001": "00004 00008*"}, "unknown": ["00009"]}, self.old, self.new)
        self.assertEqual((links["00001"], people), ({"00004", "00008"}, {"00001": "00008"}))

    def test_refuses_divisions_that_cannot_be(self):
        for divided, unknown in (({"00001": "00004"}, ["00009"]), ({"00001": "00004 77777"}, ["00009"]), ({"77777": "00004 00008"}, ["00009"]),
                                 ({"00001": "00008 00009"}, ["00009"]), ({"00001": "00004* 00008*"}, ["00009"]), ({"00001": "00004 00008"}, [])):
            links = collections.defaultdict(set, {"00001": {"00004"}, "00004": {"00004"}})
            with self.assertRaises(units.Refused):
                units.apply_divided(links, {}, {"divided": divided, "unknown": unknown}, self.old, self.new)

    def test_reads_both_packages(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "a.mjs").write_text('t=[{idProvince:"01",idDistrict:"001",name:"Qu\\u1EADn Ba \\u0110\\xECnh"}],d=[{idDistrict:"001",idCommune:"00001",name:"Ph\\u01B0\\u1EDDng X"}]', encoding="utf-8")
            (root / "b.json").write_text(json.dumps([{"type": "header"}, {"type": "table", "name": "wards", "data": [1]}, {"type": "table", "name": "ward_mappings", "data": [2]}]), encoding="utf-8")
            self.assertEqual(units.read_old(root / "a.mjs", self.count), ({"001": ("01", "Quận Ba Đình")}, {"00001": ("001", "Phường X")}))
            self.assertEqual(units.read_new(root / "b.json"), ([1], [2]))


class Data(unittest.TestCase):
    def test_refuses_doubled_names_and_empty_files(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "full").write_text("x", encoding="utf-8")
            (root / "empty").write_text("", encoding="utf-8")
            out = str(root / "out.c")
            with contextlib.redirect_stderr(io.StringIO()):
                self.assertEqual(data.main(["data", out, f"a={root}/full", f"a={root}/full"]), 1)
                self.assertEqual(data.main(["data", out, f"a={root}/empty"]), 1)
            self.assertEqual(data.main(["data", out, f"a={root}/full"]), 0)
            self.assertIn('{ "a", defs_data_0, defs_data_end_0 }', pathlib.Path(out).read_text("utf-8"))


if __name__ == "__main__":
    sys.exit(tap.main())
