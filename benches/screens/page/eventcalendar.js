/** EventCalendar's week with a column for every therapist on every day. */
import { createCalendar, destroyCalendar, ResourceTimeGrid } from '../node_modules/@event-calendar/core/dist/index.js';
import '../node_modules/@event-calendar/core/dist/index.css';
import { events } from './clinic.js';

export function eventcalendar(target, first) {
  let shown = events(first, true);
  const calendar = createCalendar(target, [ResourceTimeGrid], {
    view: 'resourceTimeGridWeek', date: first.days[0].date, firstDay: 1, height: '100%', allDaySlot: false, datesAboveResources: true,
    resources: first.therapists.map((one) => ({ id: one.id, title: one.name })),
    eventSources: [{ events: (_, done) => done(shown) }],
  });
  return {
    next: (view) => { shown = events(view, true); calendar.next(); },
    columns: () => 7 * first.therapists.length,
    drawn: () => target.querySelectorAll('.ec-event').length,
    end: () => destroyCalendar(calendar),
  };
}
