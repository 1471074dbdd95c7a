"""Queries to begin with: for GraphiQL, for the line `make serve` prints, for the documentation."""

FIRST_QUERY = """\
# Tangerang LIVE Gateway: satu alamat untuk seluruh layanan kota.
# One address for everything in the city. Press the play button.
query LayarPertama {
  home(at: { lat: -6.1783, lng: 106.6319 }) {
    generatedAt
    area { name }
    complaintSummary { total rows { keys count } }
    departures { departures { leavesAt headsign line { shortName mode } stop { name } } }
    prices { commodity { name } price { formatted } trend date }
    places { name kind distanceM(from: { lat: -6.1783, lng: 106.6319 }) }
    emergency { name dial }
    sources { connector { key } state message }
  }
}
"""

SHORT_QUERY = "{ emergencyContacts { name dial } }"
"""One line to paste after the first start."""
