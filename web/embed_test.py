"""Refusals and results of web/embed.py."""
import gzip
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import embed  # noqa: E402


class EmbedTest(unittest.TestCase):
    def refuses(self, files, words):
        with self.assertRaisesRegex(embed.EmbedError, words):
            embed.make_assets(files)

    def test_refuses_unknown_kind(self):
        self.refuses({"a.exe": b""}, "no content type")

    def test_refuses_odd_name(self):
        self.refuses({"A b.css": b""}, "small letters")

    def test_refuses_reference_to_what_is_not_embedded(self):
        self.refuses({"a.css": b"p{src:url(asset:b.woff2)}"}, r"a\.css: asset:b\.woff2 is not embedded")

    def test_refuses_another_host(self):
        for line in (b'@import "//x.example/a.css"', b"p{background:url(https://x.example/a.png)}"):
            self.refuses({"a.css": b"\n" + line}, r"a\.css:2: names another host")
        self.refuses({"a.js": b'fetch("https://x.example/")'}, r"a\.js:1")

    def test_reference_becomes_hashed_path(self):
        made = {a[0]: a for a in embed.make_assets({"a.css": b"p{src:url(asset:b.woff2)}", "b.woff2": b"letters"})}
        self.assertIn(made["b.woff2"][1].encode(), made["a.css"][3])

    def test_hash_follows_the_letters(self):
        path = lambda letters: {a[0]: a[1] for a in embed.make_assets({"a.css": b"p{src:url(asset:b.woff2)}", "b.woff2": letters})}["a.css"]
        self.assertNotEqual(path(b"one"), path(b"two"))
        self.assertEqual(path(b"one"), path(b"one"))

    def test_gzip_only_where_smaller(self):
        made = {a[0]: a for a in embed.make_assets({"a.css": b"p{}" * 500, "b.css": b"p{}", "c.woff2": b"x" * 900})}
        self.assertEqual(gzip.decompress(made["a.css"][4]), b"p{}" * 500)
        self.assertEqual(made["b.css"][4], b"")
        self.assertEqual(made["c.woff2"][4], b"")

    def test_sorted_by_path_for_the_search(self):
        files = {f"{c}{i}.css": bytes([i]) for c in "za" for i in range(20)}
        paths = [a[1].encode() for a in embed.make_assets(files)]
        self.assertEqual(paths, sorted(paths))

    def test_macro_names(self):
        self.assertEqual(embed.macro_name("app.css"), "ASSET_APP_CSS")


if __name__ == "__main__":
    unittest.main()
