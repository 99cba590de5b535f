/** FullCalendar's free week: a column a day. Columns for therapists are in its paid packages. */
import { Calendar } from 'fullcalendar';
import classic from 'fullcalendar/themes/classic';
import timeGrid from 'fullcalendar/timegrid';
import 'fullcalendar/skeleton.css';
import 'fullcalendar/themes/classic/palette.css';
import 'fullcalendar/themes/classic/theme.css';
import { events } from './clinic.js';

export function fullcalendar(target, first) {
  let shown = events(first, false);
  const calendar = new Calendar(target, {
    plugins: [timeGrid, classic], initialView: 'timeGridWeek', initialDate: first.days[0].date, firstDay: 1, timeZone: 'UTC', height: '100%', allDaySlot: false,
    events: (_, done) => done(shown),
  });
  calendar.render();
  return {
    next: (view) => { shown = events(view, false); calendar.next(); },
    columns: () => 7,
    drawn: () => calendar.getEvents().length,
    end: () => calendar.destroy(),
  };
}
