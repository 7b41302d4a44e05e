"""Plan the deployment of personnel over the sectors of a city by simulation and integer programming."""
