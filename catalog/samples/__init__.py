"""Made-up records where no source exists yet: seeded, marked "Contoh: ", never in production."""
