"""Jobs that are published as schema.org JobPosting: files, web pages, and lists of pages."""
