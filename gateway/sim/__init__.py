"""A busy day around a gateway: agents at their desktops and customers who call, as `agentgateway sim day` plays it.

`day.play` is the whole; `scenario` says where and how people behave. Agents speak the agent interface, customers come
by the `/sim` pages of the admin listener. All times of people are divided by the speed of the day.
"""
