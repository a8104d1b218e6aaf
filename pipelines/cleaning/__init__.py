"""Cleaning: what one page of HTML says, and the killable processes that find it out."""
