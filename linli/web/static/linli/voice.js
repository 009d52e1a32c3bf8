/* A voice note: hold to speak and let go, or tap to begin and tap to end. Without this the plain file field stays. */
(() => {
  if (!window.MediaRecorder || !navigator.mediaDevices) return;
  document.documentElement.classList.add("can-record");
  const MOST = 60, TAP = 400;
  const part = (box, name) => box.querySelector(`[data-voice-${name}]`);
  const boxOf = (event, name) => event.target.closest(`[data-voice-${name}]`)?.closest("[data-voice]");
  let now = null, pressed = 0;

  function state(box, name, seconds = 0) {
    box.dataset.voice = name;
    part(box, "left").textContent = MOST;
    part(box, "said").textContent = part(box, "said").dataset[name].replace("{n}", seconds);
  }
  function keep(box, files) {
    const carrier = new DataTransfer();
    for (const file of files) carrier.items.add(file);
    box.closest("form").querySelector("[accept^=audio]").files = carrier.files;
    URL.revokeObjectURL(part(box, "heard").src);
    part(box, "heard").src = files.length ? URL.createObjectURL(files[0]) : "";
  }
  async function begin(box) {
    const mine = now = {};
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
    const silence = () => stream.getTracks().forEach((track) => track.stop());
    if (!stream) { now = null; state(box, "no"); return; }
    if (now !== mine) { silence(); return; }
    const recorder = mine.recorder = new MediaRecorder(stream);
    const pieces = [], from = Date.now();
    const spent = () => Math.min(MOST, Math.round((Date.now() - from) / 1000));
    const clock = setInterval(() => {
      part(box, "left").textContent = MOST - spent();
      if (spent() >= MOST || !box.isConnected) end();
    }, 200);
    recorder.ondataavailable = (event) => pieces.push(event.data);
    recorder.onstop = () => {
      clearInterval(clock);
      silence();
      now = null;
      if (!box.isConnected) return;
      keep(box, [new File(pieces, "voice", { type: recorder.mimeType })]);
      state(box, "done", spent() || 1);
    };
    recorder.start();
    state(box, "on");
  }
  function end() {
    if (!now.recorder) now = null; // let go before the microphone was there
    else if (now.recorder.state === "recording") now.recorder.stop();
  }

  document.addEventListener("pointerdown", (event) => {
    const box = boxOf(event, "record");
    pressed = box && !now ? Date.now() : 0;
    if (pressed) begin(box);
  });
  for (const up of ["pointerup", "pointercancel"]) document.addEventListener(up, () => { if (now && pressed && Date.now() - pressed > TAP) end(); });
  document.addEventListener("click", (event) => {
    const box = boxOf(event, "record"), drop = boxOf(event, "drop");
    // A press has begun it, and perhaps ended it; a second tap, or a key, is an act of its own.
    if (box && (!pressed || !event.detail)) now ? end() : begin(box);
    if (drop) { keep(drop, []); state(drop, "idle"); }
  });
  document.addEventListener("contextmenu", (event) => { if (boxOf(event, "record")) event.preventDefault(); });
})();
