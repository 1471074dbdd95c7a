"""Events of iCalendar files, as calendars of all makers publish them."""
