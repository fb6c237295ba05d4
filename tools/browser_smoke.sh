#!/usr/bin/env bash
# Plays a film of the demo model in a real headless Chromium: the MP4 to its end, with a picture in it, and the animated
# WebP.
#
# usage: tools/browser_smoke.sh [build/ocellus]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

die() {
  printf 'browser_smoke.sh: %s\n' "$*" >&2
  exit 1
}
program=$(realpath -- "${1:-build/ocellus}")
[ -x "$program" ] || die "there is no program at $program: make build"
command -v chromium >/dev/null || die "there is no chromium: tools/setup.sh --test-all"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$program" run --model demo/qwen2_5_vl --image demo/pictures/landscape.png --prompt "Describe the picture." \
  --method raw-attention:query=generated,layers=3 --render mp4:format=mp4+webp,width=640,height=361,fps=20,name=film \
  --threads 1 --quiet --out "$scratch/run" >/dev/null
[ -s "$scratch/run/film.mp4" ] || die "there is no film"

# The page writes what it sees into its own title, which --dump-dom prints.
cat >"$scratch/page.html" <<'HTML'
<!doctype html><title>waiting</title>
<video id="film" muted src="run/film.mp4"></video><img id="picture" src="run/film.webp">
<script>
  const film = document.getElementById("film"), picture = document.getElementById("picture");
  film.onerror = () => { document.title = "error: " + film.error.message; };
  film.onended = () => {
    const canvas = document.createElement("canvas");
    canvas.width = film.videoWidth;
    canvas.height = film.videoHeight;
    const context = canvas.getContext("2d");
    context.drawImage(film, 0, 0);
    let colours = "tainted";
    try {
      colours = new Set(new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size;
    } catch (error) {}
    document.title = `ended ${film.videoWidth}x${film.videoHeight} ${film.duration.toFixed(2)} ` +
      `picture ${picture.naturalWidth}x${picture.naturalHeight} colours ${colours}`;
  };
  film.play();
</script>
HTML
said=$(timeout 120 chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage \
  --user-data-dir="$scratch/profile" --allow-file-access-from-files --autoplay-policy=no-user-gesture-required \
  --virtual-time-budget=20000 --dump-dom "file://$scratch/page.html" 2>/dev/null |
  sed -n 's:.*<title>\(.*\)</title>.*:\1:p')
[[ $said =~ ^ended\ 640x362\ ([0-9.]+)\ picture\ 640x362\ colours\ ([0-9]+)$ ]] || die "the browser says: ${said:-nothing}"
[ "${BASH_REMATCH[2]}" -gt 100 ] || die "the last frame has ${BASH_REMATCH[2]} colours"
printf 'browser: played %s seconds of 640x362, and the animated picture\n' "${BASH_REMATCH[1]}"
