"""A disk of one's own that can lose its power."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

POWER_CUT = Path(__file__).with_name("power-cut")


class Disk:
    """An ext4 image of its own, mounted by loop; gone with the block that made it."""

    def __enter__(self) -> "Disk":
        self.folder = tempfile.TemporaryDirectory(prefix="sidestep-power-")
        self.image, self.place = f"{self.folder.name}/image", f"{self.folder.name}/disk"
        os.mkdir(self.place)
        try:
            with open(self.image, "wb") as image:
                image.truncate(64 << 20)
            subprocess.run(["mkfs.ext4", "-q", "-F", self.image], check=True, capture_output=True, text=True)
            self.mount()
        except (OSError, subprocess.CalledProcessError) as error:
            self.folder.cleanup()
            said = getattr(error, "stderr", None) or error
            raise unittest.SkipTest(f"no ext4 image can be mounted by loop here: {said}")
        return self

    def mount(self) -> None:
        subprocess.run(["mount", "-o", "loop", self.image, self.place], check=True, capture_output=True, text=True)

    def cut_power(self) -> None:
        subprocess.run([POWER_CUT, self.place], check=True)

    def unmount(self) -> None:
        """Take it off; what is mounted next is what it holds.

        A copy, since the file system lives on, as it died, while another mount namespace has it: whoever made one for
        himself meanwhile, as the tests of systemd do, has a mount of it, too.
        """
        subprocess.run(["umount", self.place], check=True)
        held = self.image
        self.image = f"{held}-"
        subprocess.run(["cp", "--sparse=always", held, self.image], check=True)

    def __exit__(self, *_) -> None:
        # The loop device goes with its last mount (losetup(8), autoclear).
        if os.path.ismount(self.place):
            subprocess.run(["umount", "-l", self.place], check=True)
        self.folder.cleanup()
