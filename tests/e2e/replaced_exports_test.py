"""`export --overwrite` meets a fault: the earlier export or the new one is in its place, whole."""

import shutil
import unittest

import support
from crash_points_test import PROBLEM


@unittest.skipIf(PROBLEM, f"cannot inject faults into system calls: {PROBLEM}")
class ReplacedExports(support.Case):
    def setUp(self):
        super().setUp()
        support.make_model(self.folder / "model", classifier=True)
        self.out = self.folder / "out"
        self.assertEqual(self.export().code, 0)
        self.new = self.files()
        # an earlier export that differs from the next one
        (self.out / "README.md").write_text("old")
        self.old = self.files()

    def files(self):
        return {path.name: path.read_bytes() for path in self.out.iterdir()}

    def export(self, *faults):
        wrapper = ["strace", "-f", "-qq", "-o", str(self.folder / "calls"), *[part for fault in faults for part in ("-e", f"inject={fault}")]]
        return support.run("export", self.folder / "model", self.out, "--overwrite", wrapper=wrapper if faults else ())

    def left(self):
        return [path.name for path in self.folder.iterdir() if path.name.startswith(".")]

    def test_the_replacing_fails(self):
        for faults in (["renameat2:error=EIO"], ["renameat2:error=EINVAL", "rename:error=EIO:when=1"],
                       ["renameat2:error=EINVAL", "rename:error=EIO:when=2"]):
            with self.subTest(faults):
                self.assert_fails(self.export(*faults), support.EXIT_IO, "out", "Input/output error")
                self.assertEqual((self.files(), self.left()), (self.old, []))

    def test_a_file_system_that_cannot_exchange(self):
        done = self.export("renameat2:error=EINVAL")
        self.assertEqual(done.code, 0, done)
        self.assertEqual((self.files(), self.left()), (self.new, []))

    def test_killed_around_the_replacing(self):
        for fault, expected in (("fsync:signal=KILL:when=2", self.old), ("renameat2:signal=KILL", self.old), ("unlinkat:signal=KILL", self.new)):
            with self.subTest(fault):
                shutil.rmtree(self.out)
                self.out.mkdir()
                for name, content in self.old.items():
                    (self.out / name).write_bytes(content)
                self.assertNotEqual(self.export(fault).code, 0)
                self.assertEqual(self.files(), expected)
                self.assertEqual(len(self.left()), 1)
                self.assertEqual(self.export().code, 0)
                self.assertEqual((self.files(), self.left()), (self.new, []), "the next export sweeps")


if __name__ == "__main__":
    support.main()
