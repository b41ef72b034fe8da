"""Who is signed in to the console, and what stands before everything else for those who are not."""
