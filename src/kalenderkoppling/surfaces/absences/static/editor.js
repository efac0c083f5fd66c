// The editor of an absence: the form proposes an end.

const MINUTE = 60_000;

const editor = document.querySelector("form.editor");
if (editor) startEditor(editor.elements);

function startEditor(fields) {
  const { start_date, start_time, end_date, end_time, all_day, reason } = fields;
  let length = read("end") - read("start");
  let touched = false;

  // Wall-clock arithmetic in UTC: only the difference counts, the server knows the zone.
  function read(end) {
    const clock = fields[`${end}_time`].value || "00:00";
    return Date.parse(`${fields[`${end}_date`].value}T${clock}:00Z`);
  }

  function write(end, instant) {
    const iso = new Date(instant).toISOString();
    fields[`${end}_date`].value = iso.slice(0, 10);
    fields[`${end}_time`].value = iso.slice(11, 16);
  }

  for (const field of [start_date, start_time]) {
    field.addEventListener("change", () => {
      touched = true;
      const start = read("start");
      if (all_day.checked) {
        if (end_date.value < start_date.value) end_date.value = start_date.value;
      } else if (Number.isFinite(start) && length > 0) {
        write("end", start + length);
      }
    });
  }
  for (const field of [end_date, end_time]) {
    field.addEventListener("change", () => {
      touched = true;
      length = read("end") - read("start");
    });
  }
  all_day.addEventListener("change", () => {
    touched = true;
    propose();
  });
  reason.addEventListener("change", () => {
    // Only a proposal: what somebody has set stays. An absence that exists keeps its times.
    if (touched || !fields.person) return;
    all_day.checked = reason.selectedOptions[0]?.dataset.kind === "date";
    propose();
  });

  // From whole days back to times: an hour, where the times would make no sense.
  function propose() {
    if (all_day.checked || read("end") > read("start")) return;
    length = 60 * MINUTE;
    if (Number.isFinite(read("start"))) write("end", read("start") + length);
  }
}
