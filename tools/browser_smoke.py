#!/usr/bin/env python3
"""Plays a film of the demo model in a real headless Chromium: the MP4 to its end, with a picture in it, and the animated
WebP.

    tools/browser_smoke.py [build/ocellus]
"""

import functools
import http.server
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIZE = (640, 361)  # the film's sides are padded to even numbers, the WebP's are not
PAGE = """<!doctype html><video id="film" muted src="run/film.mp4"></video><img id="picture" src="run/film.webp">
<script>
  const film = document.getElementById("film"), picture = document.getElementById("picture");
  const tell = words => fetch("told", {method: "POST", body: words});
  film.onerror = () => tell("error " + film.error.message);
  film.onended = async () => {
    const canvas = document.createElement("canvas");
    canvas.width = film.videoWidth;
    canvas.height = film.videoHeight;
    const context = canvas.getContext("2d");
    context.drawImage(film, 0, 0);
    const pixels = new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    await picture.decode();
    tell(`${film.videoWidth}x${film.videoHeight} ${film.duration.toFixed(2)} ` +
         `${picture.naturalWidth}x${picture.naturalHeight} ${new Set(pixels).size}`);
  };
  film.play();
</script>"""


class Handler(http.server.SimpleHTTPRequestHandler):
    told = queue.Queue()

    def do_POST(self):
        self.told.put(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


def played(folder: pathlib.Path) -> str:
    """What the page that lies in `folder` tells."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             f"--user-data-dir={folder / 'profile'}", "--autoplay-policy=no-user-gesture-required",
             f"http://127.0.0.1:{server.server_port}/page.html"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            return Handler.told.get(timeout=90)
        except queue.Empty:
            sys.exit("browser_smoke.py: the page told nothing in 90 seconds")
        finally:
            browser.kill()
            browser.wait()
            server.shutdown()


def main():
    program = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/ocellus").resolve()
    if not shutil.which("chromium"):
        sys.exit("browser_smoke.py: there is no chromium: tools/setup.sh --test-all")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name)
        subprocess.run(
            [str(program), "run", "--model", str(ROOT / "demo/qwen2_5_vl"), "--image",
             str(ROOT / "demo/pictures/landscape.png"), "--prompt", "Describe the picture.", "--method",
             "raw-attention:query=generated,layers=3", "--render",
             f"mp4:format=mp4+webp,width={SIZE[0]},height={SIZE[1]},fps=20,name=film", "--threads", "1", "--quiet", "--out",
             str(folder / "run")], check=True, stdout=subprocess.DEVNULL)
        (folder / "page.html").write_text(PAGE)
        told = played(folder)
    width, height = SIZE
    wanted = rf"{width}x{height + 1} ([\d.]+) {width}x{height} (\d+)"
    found = re.fullmatch(wanted, told)
    if not found or float(found[1]) <= 0 or int(found[2]) < 100:
        sys.exit(f"browser_smoke.py: the page told: {told}")
    print(f"browser: played {found[1]} seconds of {width}x{height + 1}, last frame of {found[2]} colours; and the WebP")


if __name__ == "__main__":
    main()
