"""Who stands in a place and who is certified: coming, going, erasing, the ceremony."""
