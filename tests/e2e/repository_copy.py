"""A copy of the parts of the repository that a user's commands touch, so that they can be run as written and leave nothing behind."""

import os
import pathlib
import shutil

import support

PRIVATE_DATA = [line.removeprefix("/data/").strip() for line in (support.ROOT / ".gitignore").read_text().splitlines()
                if line.startswith("/data/")]


def find_private_data(name):
    """The folder of a data set that may not be passed on; None where this machine has none."""
    shared = pathlib.Path(os.environ.get("FINETUNE_TEST_DATA", support.ROOT.parent / "shared" / "data"))
    return next((folder.resolve() for folder in (support.ROOT / "data" / name, shared / name) if folder.is_dir()), None)


def copy_repository(folder):
    """configs/, scripts/, data/ (as a folder of links) and .deps of this repository in `folder`."""
    for name in ("configs", "scripts"):
        shutil.copytree(support.ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(support.ROOT / "CMakePresets.json", folder)
    (folder / ".deps").symlink_to(support.ROOT / ".deps")
    (folder / "data").mkdir()
    for path in (support.ROOT / "data").iterdir():
        if path.name not in PRIVATE_DATA:
            (folder / "data" / path.name).symlink_to(path)
    for name in PRIVATE_DATA:
        if found := find_private_data(name):
            (folder / "data" / name).symlink_to(found)
    return folder
