// Reads a calendar from standard input with the npm package ical.js, and prints its name and events as JSON.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const events = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    startsAt: event.startDate.toJSDate().toISOString(),
    endsAt: event.endDate.toJSDate().toISOString(),
    summary: event.summary,
    description: event.description,
    location: event.location,
    status: component.getFirstPropertyValue("status"),
    sequence: event.sequence,
    stamped: component.getFirstPropertyValue("dtstamp").toJSDate().toISOString(),
  };
});
console.log(JSON.stringify({ name: calendar.getFirstPropertyValue("name"), events }));
