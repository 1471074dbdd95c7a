"""iCalendar (RFC 5545) as it is written: lines, components, times and zones. It knows no domain."""
