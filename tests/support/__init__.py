"""What several tests share: towns, instances, law, servers, writers of workbooks."""
