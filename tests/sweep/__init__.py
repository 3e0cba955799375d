"""Tests of dsconv_cost/sweep."""
