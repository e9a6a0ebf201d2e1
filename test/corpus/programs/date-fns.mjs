/** Dates: formatting and parsing, arithmetic, intervals, locales. */
import * as fns from "date-fns";
import { de, fr, ja, ru } from "date-fns/locale";
import { attempt } from "../kit.mjs";

const START = new Date(2024, 1, 28, 13, 5, 9, 78);
const PATTERNS = [
  "yyyy-MM-dd HH:mm:ss.SSS",
  "EEEE, do MMMM yyyy",
  "PPPPpp",
  "'week' I R / w YYYY, 'day' D",
  "h:mm b, B, aaaa",
  "QQQQ qo G",
  "eo cccccc LLLLL",
];

export default function main() {
  return {
    formats: PATTERNS.map((pattern) =>
      fns.format(START, pattern, { useAdditionalWeekYearTokens: true, useAdditionalDayOfYearTokens: true }),
    ),
    locales: [de, fr, ja, ru].map((locale) => [
      fns.format(START, "PPPP p", { locale }),
      fns.formatDistance(START, fns.addDays(START, 40), { locale, addSuffix: true }),
      fns.formatRelative(START, fns.addDays(START, 2), { locale }),
    ]),
    parsed: parsed(),
    calendar: calendar(),
    arithmetic: arithmetic(),
    intervals: intervals(),
    distances: [1, 45, 3000, 90_000, 3e6, 4e7, 1e9].map((seconds) => [
      fns.formatDistanceStrict(START, fns.addSeconds(START, seconds)),
      fns.formatDistance(START, fns.addSeconds(START, seconds), { includeSeconds: true }),
    ]),
    errors: [
      attempt(() => fns.format(new Date(NaN), "yyyy")),
      attempt(() => fns.format(START, "YYYY")),
      attempt(() => fns.format(START, "n")),
      attempt(() => fns.formatISO(new Date(NaN))),
      attempt(() => fns.intervalToDuration({ start: START })),
    ],
  };
}

function show(date) {
  return fns.isValid(date) ? fns.format(date, "yyyy-MM-dd'T'HH:mm:ss.SSS") : String(date);
}

function parsed() {
  const cases = [
    ["2024-02-29", "yyyy-MM-dd"],
    ["Feb 30 2024", "MMM d yyyy"],
    ["3rd of March, 5 PM", "do 'of' MMMM, h a"],
    ["Wed 9/2020", "EEE I/R"],
    ["12:61", "HH:mm"],
    ["1704067200", "t"],
  ];
  return [
    ...cases.map(([text, pattern]) => show(fns.parse(text, pattern, START))),
    ...["2024-W09-3", "2024-060T10:20", "20240229T1", "nonsense"].map((text) => show(fns.parseISO(text))),
    show(fns.parse("29. Februar 2024", "d. MMMM yyyy", START, { locale: de })),
  ];
}

function calendar() {
  const month = fns.eachWeekOfInterval({ start: fns.startOfMonth(START), end: fns.endOfMonth(START) }, { weekStartsOn: 1 });
  return month.map((week) =>
    fns
      .eachDayOfInterval({ start: week, end: fns.endOfWeek(week, { weekStartsOn: 1 }) })
      .map((day) => (fns.isSameMonth(day, START) ? (fns.isWeekend(day) ? `(${fns.getDate(day)})` : fns.getDate(day)) : ""))
      .join(" "),
  );
}

function arithmetic() {
  const moved = fns.add(START, { years: 1, months: 2, weeks: 1, days: 3, hours: 30, minutes: -5 });
  const names = [
    "differenceInYears",
    "differenceInMonths",
    "differenceInBusinessDays",
    "differenceInCalendarISOWeeks",
    "differenceInHours",
  ];
  return [
    show(moved),
    show(fns.sub(moved, { months: 13 })),
    show(fns.addBusinessDays(START, 11)),
    show(fns.set(START, { month: 12, date: 31 })),
    show(fns.roundToNearestMinutes(START, { nearestTo: 15 })),
    show(fns.nextFriday(START)),
    show(fns.lastDayOfISOWeekYear(START)),
    names.map((name) => fns[name](moved, START)),
    fns.compareAsc(START, moved),
    show(fns.max([START, moved])),
    fns.closestIndexTo(START, [moved, START]),
  ];
}

function intervals() {
  const one = { start: START, end: fns.addDays(START, 10) };
  const two = { start: fns.addDays(START, 9), end: fns.addMonths(START, 5) };
  return [
    fns.areIntervalsOverlapping(one, two),
    fns.getOverlappingDaysInIntervals(one, two),
    fns.formatDuration(fns.intervalToDuration(two)),
    fns.isWithinInterval(START, two),
    fns.eachMonthOfInterval(two).map(show),
    fns.formatISODuration({ months: 3, days: 2 }),
  ];
}
