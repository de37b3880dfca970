"""The judge of linkages, on answers small enough to count by hand."""

import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import score  # noqa: E402

PAIRS = 'id_left,id_right,score,probability,class\n'


class Judge(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, name, text):
        path = pathlib.Path(self.folder.name) / name
        path.write_text(text)
        return path

    def two(self):
        return score.Truth.read(self.file('truth.csv', 'id_a,id_b\na1,b1\na2,b2\na3,b3\n'))

    def one(self):
        return score.Truth.read(self.file('truth.csv', 'record,entity\n1,x\n2,x\n3,x\n4,y\n5,y\n6,z\n'))

    def test_pairs_of_two_files(self):
        found = score.read_pairs(self.file('p.csv', PAIRS + 'a1,b1,9,1,match\na2,b3,5,.9,match\na3,b3,8,1,match\na2,b2,3,.2,possible\na9,b9,9,1,match\n'))
        figures = score.judge_pairs(found, self.two())
        self.assertEqual(figures, (4, 2, 3))
        self.assertEqual((figures.precision, round(figures.f1, 4)), (0.5, 0.5714))

    def test_one_to_one_takes_mutual_best(self):
        found = score.read_pairs(self.file('p.csv', 'id_left,id_right,score\na1,b1,9\na2,b3,5\na3,b3,8\na3,b2,8\n'))
        self.assertEqual(score.judge_one_to_one(found, self.two()), (2, 1, 3))  # equal scores: b2 before b3

    def test_best_threshold_keeps_equal_scores_together(self):
        found = [(9, 'a1', 'b1'), (5, 'a2', 'b2'), (5, 'a2', 'b3'), (5, 'a3', 'b1'), (1, 'a3', 'b3')]
        figures, at = score.judge_best(found, self.two())
        self.assertEqual((figures, at), ((5, 3, 3), 1))
        figures, at = score.judge_best(found[:4], self.two())
        self.assertEqual((figures, at), ((4, 2, 3), 5))

    def test_pairs_of_one_file_in_either_order_count_once(self):
        figures = score.judge_pairs([(1, '1', '2'), (1, '2', '1'), (1, '5', '4'), (1, '5', '6')], self.one())
        self.assertEqual(figures, (3, 2, 4))

    def test_clusters_of_one_file(self):
        path = self.file('c.csv', 'id,cluster\n1,7\n2,7\n3,8\n4,8\n5,8\n6,9\n')
        self.assertEqual(score.judge_clusters(path, self.one()), (4, 2, 4))

    def test_clusters_of_two_files_count_across(self):
        path = self.file('c.csv', 'id,cluster,side\na1,1,left\nb1,1,right\nb2,1,right\na2,2,left\na3,2,left\nb3,2,right\n')
        self.assertEqual(score.judge_clusters(path, self.two()), (4, 2, 3))
        with self.assertRaises(SystemExit):
            score.judge_clusters(self.file('d.csv', 'id,cluster\na1,1\n'), self.two())

    def test_answers_in_ids_and_columns(self):
        a = self.file('a.csv', 'rec_id, name\nrec-1-org, x\nrec-2-org, y\n')
        b = self.file('b.csv', 'rec_id, name\nrec-1-dup-0, x\nrec-3-org, y\n')
        self.assertEqual(score.Truth.of_ids(a, b).pairs, 1)
        self.assertTrue(score.Truth.of_ids(a, b).same('rec-1-org', 'rec-1-dup-0'))
        self.assertFalse(score.Truth.of_ids(a, b).same('rec-2-org', 'rec-9-dup-0'))
        self.assertEqual(score.Truth.of_column(self.file('c.csv', '"",who\n1,k\n2,k\n3,l\n'), '', 'who').pairs, 1)

    def test_other_answers_are_refused(self):
        with self.assertRaises(SystemExit):
            score.Truth.read(self.file('t.csv', 'x,y\n1,2\n'))


if __name__ == '__main__':
    unittest.main()
