"""Staple prices of PIHPS, of Panel Harga and of tables, interchangeable."""
