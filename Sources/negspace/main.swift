print("negspace")
