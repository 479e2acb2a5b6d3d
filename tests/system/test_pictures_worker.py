"""The process that decodes pictures, by itself: what it makes, what it may do, what it costs."""

import io
import pathlib
import resource
import shutil
import signal
import struct
import subprocess
import sys
import time
import zlib

import pytest
from PIL import Image, ImageCms, ImageDraw

REFUSED = 3


def worker(binary, upload, *limits):
    return subprocess.run([binary, "picture-worker", *limits], input=upload, capture_output=True, timeout=60,
                          env={})


def picture(mode="RGB", size=(640, 480)):
    image = Image.new("RGB", size, (200, 40, 40))
    ImageDraw.Draw(image).rectangle((size[0] // 2, 0, *size), fill=(40, 40, 200))
    return image.convert(mode)


def saved(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def answer(done):
    assert done.returncode == 0, done
    image = Image.open(io.BytesIO(done.stdout))
    image.load()
    assert image.format == "JPEG" and image.size == (300, 300) and image.mode == "RGB"
    return image


UPLOADS = {
    "jpeg": lambda: saved(picture(), "JPEG"),
    "progressive jpeg": lambda: saved(picture(), "JPEG", progressive=True),
    "grey jpeg": lambda: saved(picture("L"), "JPEG"),
    "cmyk jpeg": lambda: saved(picture("CMYK"), "JPEG"),
    "png": lambda: saved(picture("RGBA"), "PNG"),
    "palette png": lambda: saved(picture("P"), "PNG"),
    "bilevel png": lambda: saved(picture("1"), "PNG"),
    "16 bit png": lambda: saved(picture("I"), "PNG"),
    "gif": lambda: saved(picture("P"), "GIF"),
    "animated gif": lambda: saved(picture("P"), "GIF", save_all=True, append_images=[picture("P")]),
    "webp": lambda: saved(picture(), "WEBP"),
    "lossless webp": lambda: saved(picture("RGBA"), "WEBP", lossless=True),
    "animated webp": lambda: saved(picture(), "WEBP", save_all=True, append_images=[picture("L").convert("RGB")]),
}


@pytest.mark.parametrize("name", UPLOADS)
def test_what_pillow_writes_becomes_a_jpeg(binary, name):
    image = answer(worker(binary, UPLOADS[name]()))
    if name not in ("grey jpeg", "bilevel png", "16 bit png"):
        for x, expected in ((50, (200, 40, 40)), (250, (40, 40, 200))):
            seen = image.getpixel((x, 150))
            assert all(abs(a - b) < 16 for a, b in zip(seen, expected)), (name, seen)


def test_it_is_near_what_pillow_makes(binary):
    source = Image.effect_mandelbrot((1500, 1100), (-2, -1.2, 1, 1.2), 60).convert("RGB")
    ours = answer(worker(binary, saved(source, "PNG")))
    theirs = source.crop((200, 0, 1300, 1100)).resize((300, 300), Image.Resampling.LANCZOS)
    pairs = zip(ours.tobytes(), theirs.tobytes())
    mean = sum(abs(a - b) for a, b in pairs) / (300 * 300 * 3)
    assert mean < 3


def test_metadata_is_gone(binary):
    exif = Image.Exif()
    exif[0x0112], exif[0x010e], exif[0x8825] = 6, "where I live", {1: "N"}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    upload = saved(picture(), "JPEG", exif=exif, icc_profile=profile, comment=b"where I live")
    done = worker(binary, upload)
    image = answer(done)
    assert not image.getexif() and "icc_profile" not in image.info and "comment" not in image.info
    assert b"where I live" in upload and b"where I live" not in done.stdout
    # Turned as the camera was held: left and right became top and bottom.
    assert image.getpixel((150, 50))[0] > 150 and image.getpixel((150, 250))[2] > 150


@pytest.mark.parametrize("upload", [b"", b"hello", b"%PDF-1.7\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
                                    saved(picture(), "BMP"), saved(picture(), "TIFF"), saved(picture(), "PNG")[:-20],
                                    saved(picture(), "JPEG")[:-100]])
def test_anything_else_is_refused(binary, upload):
    done = worker(binary, upload)
    assert (done.returncode, done.stdout, done.stderr) == (REFUSED, b"", b"")


def test_what_is_longer_than_the_limit_is_refused(binary):
    upload = saved(picture(), "PNG")
    assert worker(binary, upload.ljust(5 * 2**20, b" ")).returncode == 0
    assert worker(binary, upload.ljust(5 * 2**20 + 1, b" ")).returncode == REFUSED


def png(width, height, rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(row) for row in rows) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


# A process counts the memory of the one that started it as its own, so a small one starts it.
MEASURE = """
import os, sys
pid = os.posix_spawn(sys.argv[1], [sys.argv[1], "picture-worker", *sys.argv[2:]], {})
_, status, used = os.wait4(pid, 0)
print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
"""


def cost(binary, upload, *limits):
    """(exit code, seconds of processor, KiB at its largest) of one worker, measured by the kernel."""
    done = subprocess.run([sys.executable, "-S", "-c", MEASURE, binary, *limits], input=upload, capture_output=True,
                          timeout=60, check=True)
    code, seconds, kilobytes = done.stderr.split()
    return int(code), float(seconds), int(kilobytes)


def test_a_bomb_is_refused_at_once_and_costs_no_memory(binary, request):
    bomb = png(20_000, 20_000, [b"\0" * 80_001] * 20)
    code, seconds, kilobytes = cost(binary, bomb)
    assert code == REFUSED
    if not request.config.getoption("--sanitized"):
        assert seconds < 0.5 and kilobytes < 64 * 1024


def test_a_picture_at_the_limit_costs_little_memory(binary, request):
    large = png(7_000, 7_000, [b"\0" + b"\x80\x90\xa0\xff" * 7_000] * 7_000)
    sanitized = request.config.getoption("--sanitized")  # which is slower than the limit of time allows
    limits = (str(2**30), "60", "50000000", str(5 * 2**20)) if sanitized else ()  # memory, seconds, pixels, bytes
    code, seconds, kilobytes = cost(binary, large, *limits)
    assert code == 0
    if not sanitized:
        assert seconds < 8 and kilobytes < 64 * 1024


def status(process):
    lines = pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


@pytest.fixture
def waiting(binary):
    """A worker that waits for its upload."""
    process = subprocess.Popen([binary, "picture-worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={})
    deadline = time.monotonic() + 10
    while status(process)["Seccomp"] != "2" and time.monotonic() < deadline:
        time.sleep(0.01)
    yield process
    process.kill()
    process.communicate()


def test_the_sandbox_is_shut_before_the_upload_is_read(waiting, request):
    if request.config.getoption("--sanitized"):
        pytest.skip("a sanitizer's build has no filter")
    seen = status(waiting)
    assert (seen["Seccomp"], seen["NoNewPrivs"], seen["Threads"]) == ("2", "1", "1")
    limits = {which: resource.prlimit(waiting.pid, which) for which in
              (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC)}
    assert set(limits.values()) == {(0, 0)}
    assert resource.prlimit(waiting.pid, resource.RLIMIT_AS) == (512 * 2**20,) * 2
    assert resource.prlimit(waiting.pid, resource.RLIMIT_CPU) == (10, 10)
    # It still does its work.
    out, _ = waiting.communicate(saved(picture(), "PNG"))
    assert waiting.returncode == 0 and out.startswith(b"\xff\xd8")


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_after_the_filter_nothing_but_memory_and_its_pipes(binary, tmp_path, request):
    if request.config.getoption("--sanitized"):
        pytest.skip("a sanitizer's build has no filter")
    trace = tmp_path / "trace"
    done = subprocess.run(["strace", "-f", "-o", trace, binary, "picture-worker"],
                          input=saved(picture(), "WEBP"), capture_output=True, timeout=60)
    if b"ptrace" in done.stderr:
        pytest.skip("may not trace here")
    assert done.returncode == 0
    calls = [line.split(None, 1)[1] for line in trace.read_text().splitlines()]
    filters = ("seccomp(SECCOMP_SET_MODE_FILTER", "prctl(PR_SET_SECCOMP")
    shut = max(i for i, call in enumerate(calls) if call.startswith(filters))
    names = {call.split("(")[0] for call in calls[shut + 1:] if not call.startswith("+++")}
    assert names <= {"read", "write", "brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "exit_group"}
    assert {"read", "write", "exit_group"} <= names


def test_wrong_limits_are_trouble(binary):
    for limits in (["x"], ["1", "2", "3", "x"], ["1", "2", "3", "4", "5"]):
        assert worker(binary, b"", *limits).returncode == 5


def test_a_worker_with_too_little_memory_says_so_or_dies(binary, request):
    if request.config.getoption("--sanitized"):
        pytest.skip("a sanitizer's build has no limit of memory")
    large = saved(picture(size=(6000, 6000)), "JPEG", progressive=True, subsampling=0)
    done = worker(binary, large, str(160 * 2**20), "10", "50000000", str(5 * 2**20))
    assert done.returncode in (REFUSED, 4, -signal.SIGSEGV, -signal.SIGABRT) and done.stdout == b""


def test_it_is_not_for_people(binary):
    done = subprocess.run([binary, "--help"], capture_output=True, text=True, timeout=30)
    assert "picture-worker" not in done.stdout
