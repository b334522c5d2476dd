"""A busy day around a gateway: agents at their desktops and customers who call, as `agentgateway sim day` plays it.

`day.play` is the whole; `place.Place` says where. Agents speak the agent interface, customers come by the `/sim` pages
of the admin listener. All times of people are divided by the speed of the day.
"""
