// thin leaves out every second entry of a list that has become longer than most, but neither its first nor its last one: what is
// kept of a run must not grow with it.
export function thin(list, most) {
  if (list.length > most) list.splice(0, list.length, ...list.filter((_, i) => i === 0 || i === list.length - 1 || i % 2 === 0));
}
