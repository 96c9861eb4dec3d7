"""How likely it is that a case escalates later, by factors that anybody can read, and from which likelihood on it is
shown so that few of those that will are missed."""
