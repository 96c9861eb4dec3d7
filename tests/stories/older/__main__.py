from tests.stories.older import fill

print(fill())
