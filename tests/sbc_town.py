EVERY=["green","yellow","red"]
INSTANCE={"format":"optimiser-instance/1","name":"learning-town","title":"Three sectors to learn a law from","period":{"start":"2024-08-20T09:00:00","hours":6},"cap":80,
"sectors":[
 {"id":"kpu","name":"KPU","x":0.0,"y":0.0,"public":40,"property":20,"records":10,"official":{"name":"commissioner","chance":0.6,"after":40.0,"spread":20.0,"staff":5},"spill_to":"market"},
 {"id":"market","name":"Market","x":1.0,"y":0.0,"public":200,"property":20},
 {"id":"bawaslu","name":"Bawaslu","x":2.0,"y":0.0,"public":20,"property":5,"traffic_need":4}],
"posts":[{"id":"polres","name":"Polres","x":1.0,"y":1.0}],
"roles":[
 {"id":"talk","name":"Negotiators","phases":["green","yellow"],"dialogue":1.0},
 {"id":"line","name":"Dalmas","phases":EVERY,"containment":{"green":1.0,"yellow":1.2,"red":0.8},"visibility":1.0},
 {"id":"arrest","name":"Arrest team","phases":["yellow","red"],"arrest":1.0,"visibility":0.2},
 {"id":"medic","name":"Medics","phases":EVERY,"medical":1.5},
 {"id":"info","name":"Information","phases":EVERY,"information":1.0}],
"teams":[
 {"id":"nego","name":"Negotiators","role":"talk","size":3,"count":3,"home":"polres"},
 {"id":"squad","name":"Dalmas squad","role":"line","size":10,"count":5,"home":"polres"},
 {"id":"catch","name":"Arrest team","role":"arrest","size":4,"count":2,"home":"polres"},
 {"id":"care","name":"Medics","role":"medic","size":3,"count":2,"home":"polres"},
 {"id":"talkers","name":"Information","role":"info","size":2,"count":2,"home":"polres"}],
"travel":{"kind":"coordinates"},
"gatherings":[
 {"id":"march","name":"March","turnout":700.0,"arrives":"09:15","arrival_spread":20.0,"itinerary":[{"sector":"kpu","stay":180.0},{"sector":"bawaslu","stay":60.0}],"tension":0.8,"tension_spread":0.15,"militant":{"green":0.05,"yellow":0.15,"red":0.3},"regroup":0.4},
 {"id":"rally","name":"Rally","turnout":400.0,"arrives":"09:30","arrival_spread":20.0,"itinerary":[{"sector":"bawaslu","stay":200.0}],"tension":0.75,"tension_spread":0.15,"militant":{"green":0.05,"yellow":0.15,"red":0.3},"liaison":True}],
"triggers":[{"id":"rumour","name":"Rumour","kind":"rumour","at":"10:30","late":20.0,"chance":0.8,"tension":0.25,"sectors":["kpu","bawaslu"]}],
"doctrine":{"officer_per_sector":False},"objective":{"injury":10.0}}
PLAN={"format":"optimiser-deployment/1","instance":"learning-town","places":{"kpu":{"teams":{"nego":1,"squad":1,"care":1,"talkers":1}},"bawaslu":{"teams":{"nego":1,"squad":2,"catch":1}},"polres":{"teams":{"squad":2,"catch":1,"care":1}}}}
