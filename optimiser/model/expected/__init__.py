"""What is expected over the day, by mean times: where gatherings go, who visits which sector, where units stand."""
