// Scrolls, jumps in or filters the fleet list and returns how long each step took until the browser had drawn the server's answer.
// Done when: scroll (three wheel notches) or jump (scroll bar moved elsewhere): no visible row without a machine; filter: another number in
// the heading.
async ({ act, count }) => {
  const box = document.querySelector(".fleet"), rows = document.querySelector("[data-testid=fleet-rows]"), search = document.querySelector("[data-testid=fleet-search]");
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const times = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    let isDone;
    if (act !== "filter") {
      const most = box.scrollHeight - box.clientHeight;
      box.scrollTop = act === "jump" ? most * ((i * 0.37) % 1) : (box.scrollTop + 360) % most;
      isDone = () => {
        const { top, bottom, left } = box.getBoundingClientRect();
        return [top + 60, (top + bottom) / 2, bottom - 20].every(y => document.elementFromPoint(left + 40, y)?.closest("tr[data-asset]"));
      };
    } else {
      const before = document.querySelector(".page-head .sub").textContent;
      search.value = i % 2 ? "" : `-${i + 10}`;
      search.dispatchEvent(new Event("input", { bubbles: true }));
      isDone = () => document.querySelector(".page-head .sub").textContent !== before && rows.querySelector("tr[data-asset]");
    }
    while (!isDone()) {
      if (performance.now() - began > 5000) return { failedAt: i, times };
      await frame();
    }
    times.push(performance.now() - began);
    await new Promise(done => setTimeout(done, 40));
  }
  return { failedAt: -1, times };
}
