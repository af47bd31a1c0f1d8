// What only the browser knows or can do. Called from Shown/Browser.cs.
window.pollux = {
  preferences(browser) {
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", e => {
      if (localStorage.getItem("pollux.theme")) return;
      document.documentElement.dataset.theme = e.matches ? "dark" : "light";
      browser.invokeMethodAsync("SystemChanged", e.matches);
    });
    return {
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
      offsetMinutes: -new Date().getTimezoneOffset(),
      theme: localStorage.getItem("pollux.theme"),
      systemIsDark: dark.matches,
      asset: localStorage.getItem("pollux.asset"),
      name: localStorage.getItem("pollux.name"),
    };
  },
  remember(name, value) {
    localStorage.setItem("pollux." + name, value);
    if (name === "theme") document.documentElement.dataset.theme = value;
  },
};

// For the first paint, before the circuit exists.
document.documentElement.dataset.theme = localStorage.getItem("pollux.theme") ??
  (window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

// Blazor stops reconnecting after some attempts, or when the process is a new one; an operator's screen must recover by itself.
document.addEventListener("DOMContentLoaded", () => {
  const modal = document.getElementById("components-reconnect-modal");
  modal.addEventListener("components-reconnect-state-changed", async e => {
    // A dashboard that has forgotten the session refuses to reconnect; opening the page again leads to the issuer.
    if (["retrying", "failed"].includes(e.detail.state)) {
      const answer = await fetch(location.href).catch(() => null);
      if (answer?.status === 401) location.reload();
    }
    if (e.detail.state === "failed") setTimeout(() => Blazor.reconnect(), 1000);
    if (e.detail.state === "rejected") location.reload();
  });
});
